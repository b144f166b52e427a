"""What runs inside the reading process: parsers of hostile files. Nothing outside imports these modules.

Each work is a function ``(request, source, output)`` and gives its answer as JSON or as pixels drawn anew.
"""
