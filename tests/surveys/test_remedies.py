import tomllib

from workbench import surveys
from workbench.surveys.remedies import TABLE, considered

# Behaviour Change Wheel 2011, table 2, as the project's domain notes quote it.
WHEEL = {
    "capability_physical": "training, enablement",
    "capability_psychological": "education, training, enablement",
    "motivation_reflective": "education, persuasion, incentivisation, coercion",
    "motivation_automatic": "persuasion, incentivisation, coercion, environmental restructuring, modelling, enablement",
    "opportunity_physical": "restriction, environmental restructuring, enablement",
    "opportunity_social": "restriction, environmental restructuring, enablement",
}


def test_the_wheel_is_that_of_table_2():
    found = surveys.remedies()
    assert found[found["scale"] == "com_b"].set_index("component")["consider"].to_dict() == WHEEL


def test_every_component_that_is_mapped_exists_in_its_scale_and_every_scale_but_scores_is_mapped():
    known = {(scale.name, part) for scale in surveys.scales().values() for part in scale.components}
    mapped = set(zip(surveys.remedies()["scale"], surveys.remedies()["component"], strict=True))
    assert mapped <= known
    assert {scale for scale, _ in known - mapped} == {"csat", "nps", "sus", "umux_lite"}


def test_the_source_and_its_edition_are_named():
    assert "2011" in tomllib.loads(TABLE.read_text())["source"]


def test_a_component_of_nobodys_scale_has_nothing_to_consider():
    rows = surveys.remedies()[["scale", "component"]].head(1)
    assert considered(rows.assign(component="nothing")).isna().all()
