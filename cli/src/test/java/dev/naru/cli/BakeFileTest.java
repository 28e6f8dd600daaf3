package dev.naru.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bake files mean what they mean to docker buildx 0.29, whose answers stand beside the kit's files. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class BakeFileTest {
    @TempDir
    private Path directory;

    private final Map<String, String> environment = new HashMap<>(Map.of("HOME", "/root"));

    private BakePlan plan(Path file, List<String> sets, List<String> names, String... shorthands) throws Exception {
        var files = new BakeFiles(environment, InputStream.nullInputStream());
        BakeDefinition definition = files.read(List.of(file.toString()));
        return new BakePlan(definition, new BakeOverrides(sets, environment), names, List.of(shorthands));
    }

    private BakePlan plan(String text) throws Exception {
        return plan(Files.writeString(directory.resolve("b.hcl"), text), List.of(), List.of());
    }

    private static byte[] resource(String name) throws Exception {
        try (InputStream in = BakeFileTest.class.getResourceAsStream("bake/" + name)) {
            return in.readAllBytes();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "everything.hcl",
                "inheritance.hcl",
                "expressions.hcl",
                "functions.hcl",
                "matrix.json",
                "services.compose.yaml"
            })
    void kitIsReadAsBuildxReadsIt(String name) throws Exception {
        Path file = Files.write(directory.resolve(name), resource(name));
        Object read = Json.read(
                JsonText.compact(plan(file, List.of(), List.of()).json()).getBytes(StandardCharsets.UTF_8));
        assertThat(unordered(read)).isEqualTo(unordered(Json.read(resource(name + ".expected.json"))));
    }

    /** What a matrix makes of a target is a group in no certain order. */
    private static Object unordered(@Nullable Object tree) {
        Map<String, @Nullable Object> all = new TreeMap<>(Json.object(tree));
        Map<String, Object> groups = new TreeMap<>();
        Json.object(all.get("group"))
                .forEach((name, group) -> groups.put(
                        name,
                        Json.list(Json.at(group, "targets")).stream()
                                .map(String::valueOf)
                                .sorted()
                                .toList()));
        all.put("group", groups);
        return all;
    }

    @Test
    void optionsChangeTargets() throws Exception {
        Path file = Files.writeString(directory.resolve("b.hcl"), """
                target "base" { args = { A = "1" } }
                target "app" {
                  inherits = ["base"]
                  tags = ["a", "b"]
                  platforms = ["linux/amd64"]
                }
                """);
        BakeTarget app = plan(
                        file,
                        List.of(
                                "app.args.B=2",
                                "*.tags=set",
                                "ap*.platform+=linux/arm64",
                                "base.args.A=over",
                                "app.output=type=oci,dest=x",
                                "app.output=type=tar,dest=y",
                                "*.no-cache=true"),
                        List.of("app"),
                        "load")
                .targets()
                .get("app");
        assertThat(app.map(BakeTarget.Attribute.ARGS)).isEqualTo(Map.of("A", "over", "B", "2"));
        assertThat(app.texts(BakeTarget.Attribute.TAGS)).containsExactly("set");
        assertThat(app.texts(BakeTarget.Attribute.PLATFORMS)).containsExactly("linux/amd64", "linux/arm64");
        assertThat(app.fields(BakeTarget.Attribute.OUTPUT)).hasSize(2);
        assertThat(app.is(BakeTarget.Attribute.NO_CACHE)).isTrue();
    }

    @Test
    void environmentSetsVariables() throws Exception {
        environment.putAll(Map.of("N", "7", "ON", "true", "WHO", "me", "L", "x,\"y,z\"", "M_JSON", "{\"k\":\"v\"}"));
        BakeTarget target = plan("""
                        variable "N" { default = 1 }
                        variable "ON" { default = false }
                        variable "WHO" {}
                        variable "L" {
                          type = list(string)
                        }
                        variable "M" {
                          type = map(string)
                          default = {}
                        }
                        target "default" {
                          args = { n = N + 1, on = ON ? "yes" : "no", who = WHO, l = L[1], m = M.k }
                        }
                        """).targets().get("default");
        assertThat(target.map(BakeTarget.Attribute.ARGS))
                .isEqualTo(Map.of("n", "8", "on", "yes", "who", "me", "l", "y,z", "m", "v"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "target \"a\" { tags = [\"${nope}\"] }|b.hcl:1,25-29: Unknown variable",
                "target \"a\" { bogus = 1 }|An argument named \"bogus\" is not expected here",
                "target \"a\" { args = { a = 1 / 0 } }|Division by zero",
                "target \"a\" { tags = [\"x\" }|b.hcl:1",
                "target \"a\" { args = { a = nofunc(1) } }|no function named \"nofunc\"",
                "variable \"A\" { default = B }@variable \"B\" { default = A }|Variable cycle",
                "target \"a\" { inherits = [\"a\"] }@group \"default\" { targets = [\"a\"] }|inherits from itself",
                "target \"a\" { contexts = { b = \"target:a\" } }@group \"default\" { targets = [\"a\"] }|infinite loop",
                "variable \"A\" {@default = 1@validation {@condition = A > 1@error_message = \"too small: ${A}\"@}@}"
                        + "|Validation failed; too small: 1",
                "target \"a\" { tags = <<E|Unterminated heredoc",
                "target \"a\" { tags = \"x|Invalid multi-line string",
                "target \"x\" {}|failed to find target default; there are: x",
            })
    void whatIsWrongIsShownWhereItIs(String text, String why) {
        assertThatThrownBy(() -> plan(text.replace('@', '\n') + "\n"))
                .isInstanceOf(CliException.class)
                .hasMessageContaining(why);
    }

    @Test
    void whatLeavesTheDirectoryMustBeAllowed() throws Exception {
        Path file = Files.writeString(directory.resolve("b.hcl"), """
                target "default" {
                  context = "%s"
                  network = "host"
                  output = ["type=local,dest=/elsewhere"]
                }
                """.formatted(directory));
        BakePlan plan = plan(file, List.of(), List.of());
        assertThatThrownBy(() -> new BakeAllowances(List.of(), Map.of()).check(plan.targets()))
                .hasMessageContainingAll("--allow network.host", "fs.read=", "--allow fs.write=/elsewhere");
        new BakeAllowances(List.of("network.host", "fs.read=" + directory, "fs.write=/elsewhere"), Map.of())
                .check(plan.targets());
        new BakeAllowances(List.of("network.host", "fs=*"), Map.of()).check(plan.targets());
    }

    @Test
    void targetsAndVariablesAreListed() throws Exception {
        Path file = Files.writeString(directory.resolve("b.hcl"), """
                variable "A" {
                  type = list(string)
                  default = ["x"]
                  description = "What it is"
                }
                target "t" { description = "The target" }
                target "_hidden" {}
                """);
        assertThat(new Shell(directory)
                        .run("bake", "-f", file.toString(), "--list=targets")
                        .out())
                .isEqualTo("TARGET\tDESCRIPTION\nt\tThe target\n");
        assertThat(new Shell(directory)
                        .run("bake", "-f", file.toString(), "--list=type=variables,format=json")
                        .out())
                .contains("\"type\": \"list(string)\"", "\"value\": \"[\\\"x\\\"]\"", "What it is");
        assertThat(new Shell(directory)
                        .run("bake", "-f", file.toString(), "--print", "--var=A=q", "t")
                        .out())
                .contains("\"context\": \".\"");
    }

    @Test
    void standardInputIsAFileToo() throws Exception {
        var in = new ByteArrayInputStream("target \"x\" {}\n".getBytes(StandardCharsets.UTF_8));
        assertThat(new BakeFiles(environment, in).read(List.of("-")).targets()).containsOnlyKeys("x");
    }
}
