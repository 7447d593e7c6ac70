"""Numbers in words, scales and units: what a number is worth and what it counts.

All data: English is whole, German, French and Spanish have the words of requirements.
"""

from __future__ import annotations

NUMBERS: dict[str, float] = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13,
    "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
    "nineteen": 19, "couple of": 2, "dual": 2, "halbe": 0.5, "halben": 0.5, "demi": 0.5,
    "zéro": 0, "cero": 0, "fourty": 40, "ninty": 90, "pair of": 2,
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90, "dozen": 12, "half": 0.5,
    "single": 1, "double": 2, "triple": 3, "quadruple": 4, "ein": 1, "eine": 1, "zwei": 2,
    "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10,
    "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "sept": 7, "huit": 8, "neuf": 9,
    "dix": 10, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8,
    "nueve": 9, "diez": 10, "doce": 12, "quince": 15, "veinte": 20, "treinta": 30,
    "douze": 12, "quinze": 15, "vingt": 20, "trente": 30, "elf": 11, "zwölf": 12, "fünfzehn": 15,
    "zwanzig": 20, "dreißig": 30, "fünfzig": 50,
}  # fmt: skip
"""Number words below a hundred; multi-word numbers are put together in ``quantities``."""

SCALES: dict[str, float] = {
    "hundred": 1e2, "hundert": 1e2, "cent": 1e2, "k": 1e3, "thousand": 1e3, "thousands": 1e3,
    "tausend": 1e3, "mille": 1e3, "mil": 1e3, "m": 1e6, "mm": 1e6, "mn": 1e6, "mio": 1e6,
    "mio.": 1e6, "million": 1e6, "millions": 1e6, "millionen": 1e6, "millones": 1e6, "mill": 1e6,
    "b": 1e9, "bn": 1e9, "billion": 1e9, "billions": 1e9, "mrd": 1e9, "milliarden": 1e9,
    "milliards": 1e9, "quarter million": 250e3,
    "quarter of a million": 250e3, "half million": 500e3, "lakh": 1e5, "crore": 1e7,
}  # fmt: skip
"""Words that multiply the number before them (short scale; ``m`` only before a noun)."""

SECONDS: dict[str, float] = {
    "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6,
    "ms": 1e-3, "msec": 1e-3, "msecs": 1e-3, "millis": 1e-3, "millisecond": 1e-3,
    "milliseconds": 1e-3, "millisekunden": 1e-3, "millisecondes": 1e-3, "milisegundos": 1e-3,
    "s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1, "sekunde": 1, "sekunden": 1, "sek": 1,
    "seconde": 1, "secondes": 1, "segundo": 1, "segundos": 1, "seg": 1,
    "m": 60, "min": 60, "mins": 60, "minute": 60, "minutes": 60, "min.": 60, "minuten": 60,
    "minuto": 60, "minutos": 60, "mn": 60,
    "h": 3600, "hr": 3600, "hrs": 3600, "hour": 3600, "hours": 3600, "stunde": 3600,
    "stunden": 3600, "std": 3600, "heure": 3600, "heures": 3600, "hora": 3600, "horas": 3600,
    "d": 86400, "day": 86400, "days": 86400, "tag": 86400, "tage": 86400, "tagen": 86400,
    "jour": 86400, "jours": 86400, "día": 86400, "días": 86400, "dia": 86400, "dias": 86400,
    "w": 604800, "wk": 604800, "wks": 604800, "week": 604800, "weeks": 604800, "woche": 604800,
    "wochen": 604800, "semaine": 604800, "semaines": 604800, "semana": 604800,
    "semanas": 604800, "workday": 86400, "fortnight": 1209600, "sprint": 1209600,
    "mo": 2628000, "mth": 2628000, "month": 2628000, "months": 2628000, "monat": 2628000,
    "monate": 2628000, "monaten": 2628000, "mois": 2628000, "mes": 2628000, "meses": 2628000,
    "quarter": 7884000, "quarters": 7884000, "quartal": 7884000, "trimestre": 7884000,
    "yr": 31536000, "y": 31536000, "year": 31536000, "years": 31536000, "jahr": 31536000,
    "jahre": 31536000, "an": 31536000, "année": 31536000, "año": 31536000, "años": 31536000,
    "annum": 31536000,
}  # fmt: skip
"""Units of time in seconds; a month is 2,628,000 s, a twelfth of a year of 365 days."""

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

PERIODS: dict[str, float] = {
    "hourly": 3600, "daily": 86400, "nightly": 86400, "weekly": 604800, "biweekly": 1209600,
    "bi weekly": 1209600, "fortnightly": 1209600, "monthly": 2628000, "yearly": 31536000,
    "annually": 31536000, "annual": 31536000, "quarterly": 7884000, "semanales": 604800,
    "mensuales": 2628000, "nächtlich": 86400,
    "nächtliche": 86400, "nächtlichen": 86400, "tägliches": 86400, "stündlich": 3600,
    "stündliche": 3600, "täglich": 86400, "tägliche": 86400, "wöchentlich": 604800,
    "wöchentliche": 604800, "monatlich": 2628000, "monatliche": 2628000, "horaire": 3600,
    "horaires": 3600, "quotidien": 86400, "quotidienne": 86400, "quotidiennes": 86400,
    "hebdomadaire": 604800, "mensuel": 2628000, "mensuelle": 2628000, "diario": 86400,
    "diarias": 86400, "diaria": 86400, "diarios": 86400, "semanal": 604800, "mensual": 2628000,
    "pcm": 2628000, "p.m.": 2628000, "minutely": 60, "overnight": 86400, "every night": 86400,
    "every other day": 172800, "every other week": 1209600, "jede nacht": 86400,
    "on the hour": 3600, "every weekday": 86400, "each night": 86400,
    **{f"every {day}": 604800 for day in _DAYS},
    **{f"every other {day}": 1209600 for day in _DAYS},
    **{f"every second {day}": 1209600 for day in _DAYS},
}  # fmt: skip
"""Words that are a period on their own."""

TIMES: dict[str, float] = {"once": 1, "twice": 2, "thrice": 3, "einmal": 1, "zweimal": 2}

RATE_UNITS: dict[str, float] = {
    "rps": 1, "qps": 1, "tps": 1, "ops": 1, "hps": 1, "rpm": 1 / 60, "qpm": 1 / 60,
    "tpm": 1 / 60, "rph": 1 / 3600, "qph": 1 / 3600, "krps": 1e3, "kqps": 1e3, "ktps": 1e3,
    "krpm": 1e3 / 60, "mrps": 1e6, "mqps": 1e6, "r s": 1, "q s": 1, "t s": 1, "mrpm": 1e6 / 60,
    "kops": 1e3, "iops": 0,
}  # fmt: skip
"""Units that are a rate, in requests per second; 0 marks one that is no request's."""

BYTES: dict[str, float] = {
    "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "pb": 1e15, "kib": 2**10, "mib": 2**20,
    "gib": 2**30, "tib": 2**40, "pib": 2**50, "ki": 2**10, "mi": 2**20, "gi": 2**30,
    "ti": 2**40, "gigabyte": 1e9, "gigabytes": 1e9, "terabyte": 1e12, "terabytes": 1e12,
    "megabyte": 1e6, "megabytes": 1e6, "gig": 1e9, "gigs": 1e9, "gibibytes": 2**30,
    "gibibyte": 2**30, "mebibytes": 2**20, "tebibytes": 2**40, "petabytes": 1e15,
    "petabyte": 1e15, "go": 1e9, "mo": 1e6, "g": 1e9, "t": 1e12, "meg": 1e6, "megs": 1e6,
    "gbs": 1e9, "tbs": 1e12, "gigas": 1e9,
}  # fmt: skip
"""Units of data in bytes, decimal and binary apart."""

PERCENT: frozenset[str] = frozenset(
    ("%", "percent", "pct", "per cent", "prozent", "pour cent", "por ciento", "٪", "%.")
)
