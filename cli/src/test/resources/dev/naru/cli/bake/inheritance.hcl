target "a" {
  annotations = ["a=1", "c=1"]
  attest = ["type=provenance,mode=max"]
  cache-from = ["type=registry,ref=a"]
  cache-to = ["type=registry,ref=a"]
  entitlements = ["network.host"]
  extra-hosts = { a = "1.1.1.1" }
  no-cache-filter = ["a"]
  output = ["type=oci,dest=a"]
  secret = ["id=a,env=HOME","id=c,env=HOME"]

  tags = ["a"]
  ulimits = ["nofile=1:1"]
  platforms = ["linux/amd64"]
  contexts = { a = "x" }
  shm-size = "1"
  description = "aa"
}
target "b" {
  inherits = ["a"]
  annotations = ["b=1", "a=1"]
  attest = ["type=sbom", "type=provenance,mode=min"]
  cache-from = ["type=registry,ref=b","type=registry,ref=a"]
  cache-to = ["type=registry,ref=b"]
  entitlements = ["security.insecure","network.host"]
  extra-hosts = { b = "1.1.1.1" }
  no-cache-filter = ["b"]
  output = ["type=oci,dest=b"]
  secret = ["id=b,env=HOME","id=c,env=PATH"]

  tags = ["b"]
  ulimits = ["nproc=1:1"]
  platforms = ["linux/arm64"]
  contexts = { b = "y" }
}
group "default" { targets = ["b", "c"] }
target "c" {
  inherits = ["a", "d"]
  args = { A = null, FROM_B = target.b.tags[0] }
}
target "d" {
  args = { A = "of d" }
  tags = ["d:1"]
}
