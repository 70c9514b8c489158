"""Policy documents as files, for doors that may not read them themselves."""

from policies import Format, format_of, load_default, load_file, text_of

__all__ = ["Format", "format_of", "load_default", "load_file", "text_of"]
