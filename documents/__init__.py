"""The legal instruments (执法文书): what each says, from which field of the case, and its paper as PDF and DOCX. Pure."""
