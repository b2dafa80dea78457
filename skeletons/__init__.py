"""The manifests that `raybootstrap` starts from: package data, read by `bootstrap.skeletons`."""
