"""GitOps repository bootstrapper for Ray on Kubernetes through Argo CD."""

__version__ = '0.1.0'
