import pytest

from workbench import surveys
from workbench.errors import ContractError

OWN = """
name = "buy_in"
label = "Buy-in"
source = "our own"
lowest = 1
highest = 4
[components]
buy_in = "buy-in"
[[items]]
name = "worth_it"
component = "buy_in"
"""


def own(folder, text):
    (folder / "own.toml").write_text(text, encoding="utf-8")
    return surveys.scales(folder)


def test_sus_reverses_every_second_item_as_brooke_has_it():
    assert [i.name for i in surveys.scales()["sus"].items if i.reverse] == [
        "sus_2",
        "sus_4",
        "sus_6",
        "sus_8",
        "sus_10",
    ]


@pytest.mark.parametrize(
    ("name", "items", "components"),
    [("tam", 12, 2), ("utaut", 19, 5), ("sus", 10, 1), ("umux_lite", 2, 1), ("adkar", 5, 5), ("com_b", 6, 6)],
)
def test_shipped_scales_have_the_items_of_their_sources(name, items, components):
    scale = surveys.scales()[name]
    assert (len(scale.items), len(scale.components)) == (items, components)


def test_every_component_of_a_shipped_scale_has_an_item_and_every_scale_a_source():
    for scale in surveys.scales().values():
        assert {item.component for item in scale.items} == set(scale.components)
        assert scale.source


def test_an_own_scale_stands_beside_the_shipped_ones(tmp_path):
    scale = own(tmp_path, OWN)["buy_in"]
    assert scale.definition == "the mean of the items, from 1 to 4; of those who answered at least 50% of the items"
    assert scale.items == (surveys.Item("worth_it", "buy_in"),)


def test_an_own_scale_replaces_a_shipped_one(tmp_path):
    assert own(tmp_path, OWN.replace('"buy_in"\nlabel', '"sus"\nlabel'))["sus"].label == "Buy-in"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("lowest", "lowset", "the scale own.toml: there is no entry 'lowset'; did you mean 'lowest'?"),
        (
            "lowest",
            'formula = "sum"\nlowest',
            "the scale own.toml: there is no formula 'sum'; there are mean, net, percent, share.",
        ),
        (
            'component = "buy_in"',
            'component = "buyin"',
            "the scale own.toml: there is no component 'buyin'; did you mean 'buy_in'?",
        ),
        ("lowest", "answered = 0.0\nlowest", "the scale own.toml: answered is a share above 0 and up to 1, not 0.0."),
        ('label = "Buy-in"', "", "the scale own.toml: it has no label."),
        (
            "[[items]]",
            '[[items]]\nname = "worth_it"\ncomponent = "buy_in"\n[[items]]',
            "the scale own.toml: 1 items stand twice, the first is 'worth_it'; remove one of them.",
        ),
    ],
)
def test_a_scale_that_says_something_unknown_is_refused(tmp_path, old, new, message):
    with pytest.raises(ContractError) as refused:
        own(tmp_path, OWN.replace(old, new, 1))
    assert str(refused.value) == message


def test_a_folder_without_scales_is_refused(tmp_path):
    with pytest.raises(ContractError, match="there are no scales at .*\n  Name a .toml file"):
        surveys.scales(tmp_path)


def test_an_item_whose_name_begins_with_a_component_belongs_to_it():
    scale = surveys.scales()["com_b"]
    assert scale.item("opportunity_social_norms").component == "opportunity_social"
    assert scale.item("something_else") is None
