"""`manage.py up`: the whole portal from one command."""
