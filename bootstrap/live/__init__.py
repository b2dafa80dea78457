"""What Argo CD and KubeRay say of an environment, against what Git says: JSON objects in, verdicts out."""
