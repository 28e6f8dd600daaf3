package dev.naru.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TemplateTest {
    private static final String DATA = """
            {"Name":"web","State":{"Status":"running","Pid":42,"Dead":false},"Ports":["80/tcp","443/tcp"],
             "Labels":{"b":"2","a":"1"},"Empty":[],"Nothing":null,"Size":1.5}""";

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "{{.Name}}#web",
                "{{.State.Status}} {{.State.Pid}}#running 42",
                "{{.Ports}}#[80/tcp 443/tcp]",
                "{{.Labels}}#map[a:1 b:2]",
                "{{json .Ports}}#[\"80/tcp\",\"443/tcp\"]",
                "{{.Labels | json}}#{\"b\":\"2\",\"a\":\"1\"}",
                "{{index .Ports 1}}#443/tcp",
                "{{index .Labels \"a\"}}#1",
                "{{range .Ports}}<{{.}}>{{end}}#<80/tcp><443/tcp>",
                "{{range $i, $p := .Ports}}{{$i}}={{$p}};{{end}}#0=80/tcp;1=443/tcp;",
                "{{range .Empty}}x{{else}}none{{end}}#none",
                "{{if .State.Dead}}dead{{else if eq .State.Status \"running\"}}up{{else}}down{{end}}#up",
                "{{with .State}}{{.Pid}}{{end}}#42",
                "{{$x := .Name}}{{$x | upper}}#WEB",
                "{{printf \"%s-%05d\" .Name .State.Pid}}#web-00042",
                "{{printf \"%-5s|\" .Name}}#web  |",
                "{{len .Ports}}#2",
                "{{join .Ports \",\"}}#80/tcp,443/tcp",
                "{{(index .Ports 0)}}#80/tcp",
                "{{and .Name .State.Dead}}#false",
                "{{or .State.Dead .Name}}#web",
                "{{not .State.Dead}}#true",
                "{{lt 1 2}} {{ge 2 3}}#true false",
                "{{title \"hello world\"}}#Hello World",
                "{{pad \"x\" 1 2}}|# x  |",
                "{{truncate \"abcdef\" 3}}#abc",
                "{{slice .Name 1 3}}#eb",
                "a {{- .Name -}} b#awebb",
                "{{/* a comment */}}x#x",
                "{{.Size}}#1.5",
                "{{.Nothing}}#<no value>",
                "{{range .Ports}}{{if eq . \"443/tcp\"}}{{continue}}{{end}}{{.}}{{end}}#80/tcp"
            })
    void printsWhatGoPrints(String template, String expected) {
        assertThat(Template.parse(template).apply(data())).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "{{.Missing}}#map has no entry for key \"Missing\"",
                "{{.Name.First}}#can't evaluate field First",
                "{{nosuch .Name}}#function \"nosuch\" not defined",
                "{{index .Ports 9}}#out of range"
            })
    void saysWhatCannotBeEvaluated(String template, String message) {
        assertThatThrownBy(() -> Template.parse(template).apply(data()))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({"{{.Name", "{{if .Name}}x", "{{end}}", "{{\"open}}", "{{}}", "{{.Name | }}", "{{(.Name}}"})
    void refusesWhatCannotBeParsed(String template) {
        assertThatThrownBy(() -> Template.parse(template)).isInstanceOf(TemplateException.class);
    }

    @Test
    void anyTextParsesOrIsRefusedCleanly() {
        var random = new java.util.Random(7);
        String alphabet = "{}.()|$\"'`=:, abcndrgeif-09/*";
        for (int i = 0; i < 20_000; i++) {
            var text = new StringBuilder("{{");
            for (int j = random.nextInt(12); j > 0; j--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            text.append("}}");
            try {
                Template.parse(text.toString()).apply(data());
            } catch (TemplateException refused) {
                assertThat(refused.getMessage()).isNotEmpty();
            }
        }
    }

    private static Object data() {
        return java.util.Objects.requireNonNull(Json.read(DATA.getBytes(StandardCharsets.UTF_8)));
    }
}
