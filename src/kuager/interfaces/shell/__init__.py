"""What every web audience shares: the frame of a page, its style, error pages, headers, sign-in."""
