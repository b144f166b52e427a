"""Clerical review at the desk: link runs, the queue, two clusters side by side."""
