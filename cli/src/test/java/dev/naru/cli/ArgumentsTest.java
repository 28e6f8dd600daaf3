package dev.naru.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ArgumentsTest {
    private final Command run = new RunCommand();

    @Test
    void lettersStandTogetherAndTakeValues() {
        Arguments arguments =
                Arguments.parse(run, List.of("-itp80:80", "-e", "A=b", "-m=64m", "busybox", "sh", "-c", "x"));
        assertThat(arguments.is("interactive")).isTrue();
        assertThat(arguments.is("tty")).isTrue();
        assertThat(arguments.list("publish")).containsExactly("80:80");
        assertThat(arguments.get("memory")).isEqualTo("64m");
        assertThat(arguments.operands()).containsExactly("busybox", "sh", "-c", "x");
    }

    @Test
    void optionsAfterTheImageBelongToTheCommand() {
        Arguments arguments = Arguments.parse(run, List.of("busybox", "--rm", "-d"));
        assertThat(arguments.is("rm")).isFalse();
        assertThat(arguments.operands()).containsExactly("busybox", "--rm", "-d");
    }

    @Test
    void othersTakeOptionsAnywhere() {
        Arguments arguments = Arguments.parse(new PsCommand(), List.of("--filter", "name=x", "-a", "--all=false"));
        assertThat(arguments.is("all")).isFalse();
        assertThat(arguments.list("filter")).containsExactly("name=x");
    }

    @Test
    void mistakesSayWhatIsWrongWithDockersExitCode() {
        refused(run, 125, "unknown flag: --nosuch", "--nosuch");
        refused(run, 125, "unknown shorthand flag: 'Z' in -Z", "-Z");
        refused(run, 125, "flag needs an argument: --name", "--name");
        refused(new PsCommand(), 125, "invalid argument \"x\" for \"-a, --all\" flag", "--all=x");
        assertThatThrownBy(() -> run.checkOperands(Arguments.parse(run, List.of())))
                .hasMessageContaining("'naru run' requires at least 1 argument");
    }

    private static void refused(Command command, int code, String message, String word) {
        assertThatThrownBy(() -> Arguments.parse(command, List.of(word)))
                .isInstanceOfSatisfying(
                        CliException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }
}
