from __future__ import annotations

import re
from xml.etree import ElementTree

from sample_environments import example

from bootstrap import mermaid, picture, svg
from bootstrap.layout import Environment
from bootstrap.picture import Node, Shape
from bootstrap.settings import Settings

HOSTILE = Node(
    Shape.ROOT,
    '"]; click n0 "javascript:alert(1)" <script>&amp; \x1b[31m \u202e `x` #quot;',
    ('a | b\nend', '{{x}}'),
    children=(Node(Shape.GROUP, 'x' * 500, wave=10**30),),
)


def _prod() -> Node:
    return picture.of_environment(example('prod'), Settings(), Environment('prod'))


def test_the_text_tree() -> None:
    lines = [f'{branches}{node.title} {node.wave}' for branches, node in picture.lines(_prod())]
    assert lines == [
        'prod-ray None',
        '├── prod-ray-operator-crds -20',
        '├── prod-ray-operator -10',
        '└── prod-raycluster 0',
        '    └── raycluster-kuberay None',
        '        ├── head None',
        '        ├── standard-worker None',
        '        ├── cpu None',
        '        ├── h100 None',
        '        └── l4 None',
    ]


def test_details() -> None:
    details = {node.title: ', '.join(node.details) for _, node in picture.lines(_prod())}
    assert details['prod-ray-operator'] == 'kuberay-operator 1.7.0, to kuberay-system'
    assert details['raycluster-kuberay'] == 'Ray 2.52.0, autoscaler v2'
    assert details['head'] == '1 pod of 1 CPU, 5Gi'
    assert details['h100'] == '0 to 4 pods of 192 CPU, 1.56Ti, 8 GPU/TPU'


def test_an_environment_without_a_root_is_drawn_from_its_applications() -> None:
    text = example('prod')['environments/prod/applications/raycluster.yaml']
    tree = example('prod').drop('environments/prod/root.yaml')
    root = picture.of_environment(tree.put('environments/prod/applications/raycluster.yaml', text), Settings(), PROD)
    assert (root.title, root.details[0], len(root.children)) == ('prod', 'no root Application', 3)


PROD = Environment('prod')


def test_mermaid() -> None:
    lines = mermaid.flowchart([_prod()]).splitlines()
    assert lines[:4] == [
        'flowchart LR',
        '  n0(["prod-ray<br>environments/prod/applications, at main"])',
        '  n1["prod-ray-operator-crds<br>ray-operator/config/crd v1.7.0, to kuberay-system<br>wave -20"]',
        '  n0 --> n1',
    ]
    assert '  class n5 rayhead' in lines


def test_mermaid_takes_nothing_from_a_label_for_its_own() -> None:
    for line in mermaid.flowchart([HOSTILE, HOSTILE]).splitlines():
        for label in re.findall(r'"(.*)"', line):
            assert re.fullmatch(r'(?:[A-Za-z0-9 ._/:,+-]|<br>)*', label), line
    assert mermaid.flowchart([HOSTILE]).count('\n') == 8


def test_svg_is_well_formed_whatever_the_names_are() -> None:
    text = svg.document([HOSTILE, _prod()])
    root = ElementTree.fromstring(text)
    assert root.tag == '{http://www.w3.org/2000/svg}svg'
    assert {element.tag.partition('}')[2] for element in root.iter()} == {
        *('svg', 'title', 'style', 'rect', 'text', 'path', 'g')
    }
    assert all(character.isprintable() or character == '\n' for character in text)


def test_cards_lie_inside_of_the_picture_and_do_not_overlap() -> None:
    root = ElementTree.fromstring(svg.document([_prod(), _prod()]))
    cards = [
        tuple(float(one.attrib[key]) for key in ('x', 'y', 'width', 'height'))
        for one in root.iter('{http://www.w3.org/2000/svg}rect')
        if one.get('class') == 'card'
    ]
    assert len(cards) == 20
    for x, y, width, height in cards:
        assert 0 < x < x + width < float(root.attrib['width'])
        assert 0 < y < y + height < float(root.attrib['height'])
        assert sum(abs(other[1] - y) < height for other in cards if other[0] == x) == 1
