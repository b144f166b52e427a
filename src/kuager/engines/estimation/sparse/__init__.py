"""Estimates from lists that hardly overlap: stepwise choice of pairs, bootstrapped as a whole.

Method of Chan, Silverman & Vincent (2021), Multiple systems estimation for sparse capture data: inferential
challenges when there are nonoverlapping lists, JASA 116, 1297-1306.
"""
