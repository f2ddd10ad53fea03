from sink.core.toml_lines import TomlLines

TEXT = """\
# a comment with [brackets]
top = 1

[a]
x = [
  "[b]",
  "y = 2",
]
y.z = 3
[a.b.c]
d = { e = 1, f = [1, 2] }
[[m]]
n = 1
[m.sub]
o = 1
[[m]]
n = '''
[[m]]
n = 3
'''
[[m.k]]
p = 1
[[m.k]]
p = 1
["quo.ted"]
"k e y" = 1
"""


def test_each_key_is_found_on_its_line() -> None:
    lines = TomlLines(TEXT)
    expected = {
        ("top",): 2,
        ("a",): 4,
        ("a", "x"): 5,
        ("a", "x", 1): 5,
        ("a", "y", "z"): 9,
        ("a", "b", "c"): 10,
        ("a", "b", "c", "d", "f", 1): 11,
        ("m", 0): 12,
        ("m", 0, "n"): 13,
        ("m", 0, "sub"): 14,
        ("m", 0, "sub", "o"): 15,
        ("m", 1): 16,
        ("m", 1, "n"): 17,
        ("m", 1, "k", 0, "p"): 22,
        ("m", 1, "k", 1): 23,
        ("m", 1, "k", 1, "p"): 24,
        ("quo.ted", "k e y"): 26,
    }
    assert {path: lines.line(path) for path in expected} == expected


def test_what_is_not_there_has_the_line_of_its_parent() -> None:
    lines = TomlLines(TEXT)
    assert lines.line(("a", "nothing")) == 4
    assert lines.line(("m", 1, "nothing", "more")) == 16
    assert lines.line(("nothing",)) == 1


def test_the_last_line_is_that_of_the_last_text() -> None:
    assert TomlLines("a = 1\n\n\n").last == 1
    assert TomlLines("").last == 1
