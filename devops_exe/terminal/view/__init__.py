"""What a person sees: text for the screen, made of values; nothing here reads or decides."""
