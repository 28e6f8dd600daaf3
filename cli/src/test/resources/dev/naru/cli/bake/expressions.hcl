# Values of every kind.
variable "LIST" { default = ["a", "b", "c"] }
variable "MAP" { default = { x = 1, y = "two", "z z" = true } }
variable "NUMBER" { default = 42 }
variable "TYPED" {
  type    = list(string)
  default = ["q"]
  description = "A list"
}
variable "NOTHING" { default = null }
who = "value-${NUMBER}"
function "twice" {
  params = [s]
  result = "${s}${s}"
}
function "count" {
  params          = [first]
  variadic_params = rest
  result          = 1 + length(rest)
}
group "default" { targets = ["t"] }
target "t" {
  dockerfile-inline = <<EOT
FROM busybox
RUN echo $${HOME} %%{x} "quoted" \n ${NUMBER}
EOT
  args = {
    arithmetic  = 1 + 2 * 3 - 4 / 2 % 3
    fraction    = 7 / 2
    negative    = -NUMBER
    truths      = !true || (1 < 2 && 2 >= 2 && "a" != "b")
    choice      = NUMBER > 40 ? "big" : "small"
    nested      = "${NUMBER > 40 ? "in ${"deep ${NUMBER}"}" : ""}"
    escaped     = "tab\t quote\" slash\\ dollar $${x} u\u00e9"
    index       = LIST[1]
    attribute   = MAP.y
    key         = MAP["z z"]
    splat       = join(",", [{n = "1"}, {n = "2"}][*].n)
    attrsplat   = join(",", [{n = "1"}, {n = "2"}].*.n)
    forlist     = join(",", [for i, v in LIST : "${i}${upper(v)}" if v != "b"])
    formap      = jsonencode({ for k, v in MAP : upper(k) => v })
    grouped     = jsonencode({ for v in ["aa", "ab", "b"] : substr(v, 0, 1) => v... })
    spread      = max([1, 5, 3]...)
    directive   = "%{ for v in LIST ~} <${v}> %{~ endfor }%{ if NUMBER == 42 }yes%{ else }no%{ endif }"
    mine        = twice("ab")
    variadic    = count(1, 2, 3)
    global      = who
    heredoc     = <<-EOT
      indented
        more ${NUMBER}
    EOT
    json        = jsonencode({ a = [1, "b", true, null], c = { d = 1.5 } })
    tried       = try(MAP.none, "fallback")
    can         = can(MAP.none)
    nothing     = NOTHING
    typed       = TYPED[0]
    comment     = "a" // of the other kind
    block       = /* inside */ "b"
    multi = [
      "x",
      "y",
    ][1]
    big         = 12345678901234567890123
    exp         = 1e3
  }
}
