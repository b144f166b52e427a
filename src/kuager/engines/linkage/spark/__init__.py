"""Choose and compare pairs on Apache Spark, for lists that outgrow one machine.

Promises: the same pairs and the same levels of agreement as on this machine, because keys and thresholds are
the same and the likeness of words is computed by the same functions; nothing is fetched from the network;
what was written to disk is removed at the end. What must fit into the memory of the machine that gives the
order: the prepared records and the pairs chosen, with their levels, from which it learns. What need not: the
pairs that keys bring before they are counted and cut, and the wide table of both records of each pair.
Failure model: if a worker dies, Spark computes its part again; if the whole fails, nothing has been changed.

Needs PySpark (``pip install "kuager[spark]"``) and Java 17.
"""

from kuager.engines.linkage.spark.options import SparkOptions

__all__ = ["SparkOptions"]
