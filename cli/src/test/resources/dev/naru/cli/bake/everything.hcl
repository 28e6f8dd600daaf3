# comment
variable "TAG" { default = "latest" }
variable "N" { default = 3 }
variable "B" { default = false }
variable "L" { default = ["a","b"] }
variable "NUL" { default = null }
variable "E" {}
top = "topval-${TAG}"
function "inc" {
  params = [n]
  variadic_params = rest
  result = n + 1
}
group "default" { targets = ["all", "app"] }
group "all" { 
 targets = ["base", "mx"]
 description = "all of them"
}
target "_common" {
  args = { A = "1", B = N, C = null, D = B }
  labels = { "org.x" = "y", nolabel = null }
  platforms = ["linux/amd64", "linux/arm64"]
}
target "base" {
  inherits = ["_common"]
  description = "Base image"
  context = "./ctx"
  dockerfile = "sub/Dockerfile"
  dockerfile-inline = <<-EOT
    FROM alpine
      RUN echo ${TAG} $${X}
  EOT
  annotations = ["index,manifest:k=v", "x=y"]
  attest = ["type=provenance,mode=max", {type="sbom", generator="x"}]
  cache-from = ["user/app:cache", {type="local", src="p"}]
  cache-to = ["type=inline"]
  call = "check"
  contexts = { a = "target:app", b = "docker-image://alpine", c = "../x" }
  entitlements = ["network.host"]
  extra-hosts = { my = "1.2.3.4" }
  network = "host"
  no-cache = true
  no-cache-filter = ["x"]
  output = ["type=oci,dest=a.tar", {type="local",dest="out"}, "type=image,push=true"]
  pull = true
  secret = ["id=a,env=PATH", {type="env", id="HOME"}]
  shm-size = "128m"
  ssh = []
  tags = ["x:${TAG}", upper("ab"), "n${inc(N)}", top]
  target = "st"
  ulimits = ["nofile=1:2"]
}
target "mx" {
  name = "mx-${a}-${b.v}"
  matrix = { a = ["p","q"], b = [{v="1"},{v="2"}] }
  args = { A = a, V = b.v }
  tags = [for x in ["1","2"] : "t:${x}-${a}"]
}
target "app" {
 inherits = ["_common"]
 tags = [] 
 args = { A = "over", Z = "z" }
 no-cache = false
}
