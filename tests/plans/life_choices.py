"""What a user may ask for, most of it legal most of the time."""

from __future__ import annotations

from commented import WAYS
from hypothesis import strategies as st
from restyled import STYLES

from bootstrap.choices import Choices
from bootstrap.image import Image
from bootstrap.kuberay import CHARTS, Version
from bootstrap.plans import init, set_raycluster
from bootstrap.value_edits import Edits
from bootstrap.worker_group import Options

PART = st.floats(0, 1, exclude_max=True)
COMMENTS = st.lists(st.tuples(PART, PART, st.sampled_from(WAYS)), min_size=8, max_size=20)
RESTYLES = st.lists(st.tuples(PART, PART, st.sampled_from(STYLES)), min_size=1, max_size=6)
LINE_ENDS = st.sampled_from(['lf', 'crlf'])

NAMES = ('dev', 'staging', 'prod')
NUMBER = st.sampled_from([1, 2, 3, 3])
ENVIRONMENT = st.sampled_from(NAMES)
ENVIRONMENTS = st.lists(ENVIRONMENT, min_size=1, max_size=2, unique=True)
ONE_OR_TWO = st.one_of(*[st.lists(ENVIRONMENT, min_size=1, max_size=1)] * 3, ENVIRONMENTS)
GROUP = st.sampled_from(['gpu', 'cpu', 'batch'])
RAYCLUSTER = st.sampled_from(['', '', 'batch'])
KUBERAY = st.sampled_from(CHARTS)
RAY = st.none() | st.sampled_from([Version(2, 46, 0), Version(2, 52, 0), Version(2, 53, 0)])
ALLOW = st.sampled_from([(), (), (), ('RB701',), ('RB706',), ('RB709',)])
WORDS = st.dictionaries(st.sampled_from(['a', 'b.io/c']), st.sampled_from(['x', '1', 'yes', 'a: #b']), max_size=2)
# Minimum, maximum, replicas.
SIZES = st.sampled_from([(None, None, None)] * 4 + [(None, 4, None), (0, 4, None), (1, 3, None), (2, 5, 2)])
ASKED = st.builds(
    lambda sizes, **rest: Options(min=sizes[0], max=sizes[1], replicas=sizes[2], **rest),
    SIZES,
    cpu=st.sampled_from([None, '1', '500m']),
    memory=st.sampled_from([None, '1Gi', '4Gi']),
    gpu=st.sampled_from([None, None, 0, 1]),
    image=st.sampled_from([None] * 6 + [Image('acme/ray', '2.53.0')]),
    ray_resource=st.sampled_from([{}, {'a': 1}]),
    node_selector=WORDS,
    env_var=WORDS,
    pod_label=st.sampled_from([{}, {'team': 'a'}]),
    toleration=st.sampled_from([(), ({'key': 'a', 'operator': 'Exists', 'effect': 'NoSchedule'},)]),
)
GROUP_EDITS = st.builds(
    Edits,
    st.sampled_from([(), ((('annotations', 'x'), 'y'),), ((('topologySpreadConstraints',), [{'maxSkew': 1}]),)]),
    st.sampled_from([(), (('nodeSelector',),), (('containerEnv',),), (('tolerations', 0),), (('labels', 'team'),)]),
)
CHART_EDITS = st.builds(
    Edits,
    st.sampled_from([(), ((('head', 'annotations', 'x'), 'y'),), ((('service', 'type'), 'ClusterIP'),)]),
    st.sampled_from([(), (('head', 'annotations'),), (('head', 'autoscalerOptions'),), (('imagePullSecrets',),)]),
)
CHOICES = st.builds(
    Choices,
    kuberay_version=st.none() | KUBERAY,
    ray_version=RAY,
    image=st.sampled_from([None, None, Image('acme/ray', '2.52.0-py311-gpu')]),
    destination=st.sampled_from([None, None, {'name': 'other'}, {'server': 'https://k8s.example.com'}]),
    sync=st.sampled_from([None, None, 'manual', 'auto']),
    groups=st.sampled_from([(), ('gpu',)]),
)
INIT = st.builds(
    init.Options,
    CHOICES,
    like=st.none() | ENVIRONMENT,
    shares=st.sampled_from([None, None, None, 'dev', 'prod']),
    root=st.sampled_from([None, None, True, False]),
    operator=st.sampled_from([None, None, True, False]),
    crds=st.sampled_from([None, None, 'separate', 'with-operator']),
)
SETTING = st.builds(
    set_raycluster.Options,
    image=st.sampled_from([None, None, Image('acme/ray', '2.53.0')]),
    ray_version=RAY,
    head_cpu=st.sampled_from([None, '2']),
    head_memory=st.sampled_from([None, '8Gi']),
    idle_timeout=st.sampled_from([None, 60]),
    autoscaler=st.sampled_from([None, 'v1', 'v2', 'off']),
    pull_secret=st.sampled_from([None, 'registry']),
    edits=CHART_EDITS,
)
