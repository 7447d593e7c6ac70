"""Operate: drill a plan on this machine, carry out a rollback, answer an incident."""
