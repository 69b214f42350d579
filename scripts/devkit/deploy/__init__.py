"""What operators are given, made from one source."""
