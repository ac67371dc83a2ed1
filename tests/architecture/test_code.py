"""Rules that a linter does not know."""

import ast
import re

import pytest

from tests.architecture.sources import lines_with, modules, python_files, short, tree

FORBIDDEN = {  # what no module has, its pattern, and the files that may with the reason why
    "a task with an ETA or countdown: the row's due time and a dispatcher decide": (r"\b(?:eta|countdown)\s*=", {}),
    "queueing past common.tasks.enqueue": (r"\.(?:delay|apply_async)\(", {"common/tasks.py": "the one door"}),
    "an HTTP client beside common.http": (
        r"^\s*(?:import|from)\s+(?:requests|httpx|aiohttp|urllib3|urllib\.request|http\.client)\b",
        {
            "common/http.py": "the one door",
            "messaging/gateways/twilio_sms.py": "catches the errors of the client that the vendor's SDK brings",
            "messaging/gateways/twilio_voice.py": "catches the same errors",
            "config/up/portal.py": "asks the portal it has just started whether it is ready",
        },
    ),
    "a CSV writer beside common.csv": (r"\bcsv\.(?:writer|DictWriter)\(", {"common/csv.py": "the one door"}),
    "mail sent outside messaging": (
        r"^\s*from django\.core\.mail import|\bsend_mail\(",
        {
            "messaging/gateways/email.py": "the door for patients",
            "accounts/invitation_mail.py": "invites staff, and stands below messaging",
            "accounts/adapters.py": "allauth's hook for its own mail",
            "portal/attempt_mail.py": "to an account, be it a patient's or a colleague's; names nobody and no clinic",
        },
    ),
    "text marked safe": (
        r"\bmark_safe\(|\bSafeString\(",
        {"common/templatetags/ui.py": "icons out of the package that draws them"},
    ),
    "a view without CSRF protection": (
        r"csrf_exempt",
        {
            "compliance/views.py": "browsers send CSP reports without a token",
            "messaging/views/twilio.py": "webhooks carry a signature instead",
        },
    ),
    "a signal between our own apps": (
        r"from django\.dispatch import|\.connect\(\s*sender|post_save|pre_save\b(?!\()",
        {
            "common/fields.py": "a field's own pre_save",
        },
    ),
    "every field of a model in a form": (r"fields\s*=\s*['\"]__all__['\"]", {}),
    "an ordering in Meta": (r"class Meta:(?:(?!\n\S|\nclass |\n    def ).)*?\n\s+ordering\s*=", {}),
    "raw SQL built from values": (r"\.(?:extra|raw)\(\s*f['\"]", {}),
    "pickle": (r"^\s*(?:import|from)\s+(?:pickle|shelve|marshal)\b", {}),
}


@pytest.mark.parametrize(("pattern", "allowed"), FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_no_module_has(pattern, allowed):
    assert lines_with(f"(?m:{pattern})", python_files(), allowed=allowed) == []


def functions(path):
    return [node for node in tree(path).body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def decorators(function) -> set[str]:
    targets = (node.func if isinstance(node, ast.Call) else node for node in function.decorator_list)
    return {ast.unparse(target).rpartition(".")[2] for target in targets}


def parameters(function) -> set[str]:
    arguments = function.args
    return {argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}


def public_functions(*module_names):
    for path in modules(*module_names):
        for function in functions(path):
            if not function.name.startswith("_"):
                yield f"{short(path)}:{function.name}", function


def test_actions_take_keywords_only():
    """An action is what somebody does (`by`); small helpers beside it may be called plainly."""
    positional = [
        name
        for name, function in public_functions("actions")
        if "by" in parameters(function) and (function.args.args or function.args.posonlyargs)
    ]
    assert positional == []


def test_actions_say_what_they_promise():
    silent = [name for name, function in public_functions("actions") if not ast.get_docstring(function)]
    assert silent == []


def test_actions_rules_and_states_do_not_look_at_the_clock():
    paths = [*modules("actions"), *modules("rules"), *modules("states")]
    assert lines_with(r"timezone\.now\(\)|datetime\.now\(|date\.today\(|localdate\(\)", paths) == []


def test_tasks_take_ids_only():
    """What stands in the broker must be of no use to whoever reads it."""
    wrong = [
        f"{short(path)}:{function.name}({argument.arg})"
        for path in modules("tasks", "periodic")
        for function in functions(path)
        if "shared_task" in decorators(function)
        for argument in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
        if not re.search(r"_ids?$", argument.arg) and argument.arg != "self"
    ]
    assert wrong == []


def test_models_do_nothing_in_save():
    overriding = [
        f"{short(path)}:{node.name}"
        for path in modules("models")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete"}
    ]
    assert overriding == []


def test_rules_know_no_database():
    """Rules are functions of values."""
    assert lines_with(r"(?m:^\s*(?:from|import)\s+(?:django\.db|psycopg2)\b)|\.objects\b", modules("rules")) == []
