from nightlatch.web.problems import problem


def test_a_problem_has_the_standards_members_and_its_own() -> None:
    assert problem(404, "No.", {"errors": []}) == {
        **{"type": "about:blank", "title": "Not Found", "status": 404, "detail": "No."},
        "errors": [],
    }


def test_a_status_without_a_name_is_an_error_all_the_same() -> None:
    assert problem(599, "No.")["title"] == "Error"
