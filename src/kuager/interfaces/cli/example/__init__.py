"""The example data: an invented uprising, told through three messy lists, phone calls and corrections.

Everything is drawn with a fixed seed. Names are put together from parts of words; whoever bears such a
name in life has nothing to do with it.
"""
