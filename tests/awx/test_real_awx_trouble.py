# SPDX-License-Identifier: GPL-3.0-or-later
"""A real AWX in which something is missing or wrong: the set-up, or the job, says so in a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from ansible_collections.mailfleet.mailplus.tests.awx.site import (
    GATHER,
    ORGANIZATION,
    STATE,
    Site,
    add_inventory,
    address,
    commit,
    playbooks_of_guide,
    show,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import Run
from ansible_collections.mailfleet.mailplus.tests.simulator.certificates import Certificates

Saw = Callable[[str], None]


pytestmark = pytest.mark.usefixtures("first")


@pytest.fixture
def changing(site: Site) -> Iterator[Site]:
    """What a test changes of the templates, the credential and the paths is set back behind it."""
    yield site
    show(site.api, str(site.directory))
    run = site.set_up()
    assert run.returncode == 0, run.output[-5000:]


def refusal(run: Run) -> str:
    """What the playbook says where it ends."""
    assert run.returncode != 0, run.output[-5000:]
    (failed,) = (result for result in run.results if result.status == "failed")
    return str(failed.returned["msg"])


@pytest.mark.parametrize(
    "variables",
    [
        {"mailplus_awx_organization": "Nowhere"},
        {"mailplus_awx_inventory": "Nowhere"},
        {"mailplus_awx_project": "Nowhere", "mailplus_awx_scm_url": address("nowhere")},
    ],
    ids=["organization", "inventory", "repository"],
)
def test_the_set_up_says_what_is_missing(site: Site, variables: dict[str, str], saw: Saw) -> None:
    said = refusal(site.set_up(**variables))
    saw(f"{variables}: {said}")
    assert "Nowhere" in said


def test_playbooks_that_were_pushed_later_are_found(changing: Site, saw: Saw) -> None:
    other = {"mailplus_awx_project": "Other", "mailplus_awx_scm_url": address("other")}
    commit(changing.repositories, "other", {"README": "empty"})
    said = refusal(changing.set_up(**other))
    saw(f"playbooks not pushed: {said}")
    assert "mailplus_gather.yml" in said
    commit(changing.repositories, "other", playbooks_of_guide())
    again = changing.set_up(**other)
    assert again.returncode == 0, again.output[-5000:]


def test_organizations_may_have_the_same_names(site: Site, saw: Saw) -> None:
    organization = site.api.send("POST", "organizations/", name="Second")["id"]
    add_inventory(site.api, organization, site.fleet)
    own = {"mailplus_awx_organization": "Second", "mailplus_awx_execution_environment": "MailPlus of the second"}
    for variables in (own, {}):
        run = site.set_up(**variables)
        assert run.returncode == 0, run.output[-5000:]
    saw("a second organization with the same names: set up, and the first again")


def test_a_credential_that_somebody_added_stays(site: Site) -> None:
    api = site.api
    kind = api.one("credential_types/", kind="vault")["id"]
    organization = api.one("organizations/", name=ORGANIZATION)["id"]
    words = {"vault_password": "of the check"}
    vault = api.send(
        "POST", "credentials/", name="Vault", credential_type=kind, organization=organization, inputs=words
    )
    template = site.template("job_templates", STATE)["url"]
    api.send("POST", f"{template}credentials/", id=vault["id"])
    assert site.set_up().returncode == 0
    kept = site.template("job_templates", STATE)["summary_fields"]["credentials"]
    assert {each["name"] for each in kept} > {"Vault"}


def test_jobs_whose_files_would_be_gone_fail_first(changing: Site, saw: Saw) -> None:
    asked = {name: len(nas.requests) for name, nas in changing.fleet.items()}
    for paths in ([], [f"/nowhere:{changing.directory}"]):  # not exposed; exposed, and not on the node
        show(changing.api, *paths)
        state = changing.launch("job_templates", STATE)
        jobs = [state, *changing.slices(changing.launch("job_templates", GATHER))]
        saw(f"paths to expose {paths}: {[job['status'] for job in jobs]}")
        for job in jobs:
            assert job["status"] == "failed"
            assert "this run does not see the directory that is kept" in changing.api.output(job)
    assert {name: len(nas.requests) for name, nas in changing.fleet.items()} == asked


def test_slices_that_read_nothing_fail(changing: Site, saw: Saw) -> None:
    other = Certificates("127.0.0.1").ca_pem.decode()
    assert changing.set_up(mailplus_awx_ca_certificate=other).returncode == 0
    jobs = changing.slices(changing.launch("job_templates", GATHER))
    saw(f"certificate of another authority: {[job['status'] for job in jobs]}")
    assert {job["status"] for job in jobs} == {"failed"}
    assert all("No host could be read" in changing.api.output(job) for job in jobs)
