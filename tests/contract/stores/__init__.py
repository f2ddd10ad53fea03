"""The two stores that one contract holds: the double in memory, and MySQL's."""
