"""Questions that wait for one another: the condition of each hangs on the other's answer."""

from collections.abc import Mapping

from questionnaires.logic.definition import Definition
from questionnaires.logic.seeing import depends_on, reads


def circles(definition: Definition) -> dict[str, int]:
    """The questions that hang on themselves by way of others, each with the number of its circle."""
    graph: dict[str, set[str]] = {}
    for page in definition.pages:
        of_page = reads(page.show_if)
        for question in page.questions:
            names = depends_on(question) | of_page
            graph.setdefault(question.code, set()).update(definition.by_name[name].code for name in names if name in definition.by_name)
    return {code: number for number, group in enumerate(_groups(graph)) for code in group}


def _groups(graph: Mapping[str, set[str]]) -> list[set[str]]:
    """Groups of more than one that can all come to each other, and those that come to themselves (Tarjan, without recursion)."""
    numbers: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    waiting: set[str] = set()
    found: list[set[str]] = []
    for start in graph:
        if start in numbers:
            continue
        work = [(start, iter(sorted(graph[start])))]
        _enter(start, numbers, lowest, stack, waiting)
        while work:
            node, edges = work[-1]
            following = next(edges, None)
            if following is None:
                work.pop()
                if work:
                    lowest[work[-1][0]] = min(lowest[work[-1][0]], lowest[node])
                if lowest[node] == numbers[node]:
                    found += _close(node, stack, waiting, graph)
            elif following not in numbers:
                _enter(following, numbers, lowest, stack, waiting)
                work.append((following, iter(sorted(graph.get(following, ())))))
            elif following in waiting:
                lowest[node] = min(lowest[node], numbers[following])
    return found


def _enter(node: str, numbers: dict[str, int], lowest: dict[str, int], stack: list[str], waiting: set[str]) -> None:
    numbers[node] = lowest[node] = len(numbers)
    stack.append(node)
    waiting.add(node)


def _close(node: str, stack: list[str], waiting: set[str], graph: Mapping[str, set[str]]) -> list[set[str]]:
    group: set[str] = set()
    while True:
        one = stack.pop()
        waiting.discard(one)
        group.add(one)
        if one == node:
            return [group] if len(group) > 1 or node in graph.get(node, ()) else []
