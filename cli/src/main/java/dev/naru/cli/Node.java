package dev.naru.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The parts of a parsed template (Go's text/template). */
sealed interface Node {
    record Text(String text) implements Node {}

    /** {@code {{pipeline}}}; prints unless it only declares. */
    record Action(Pipeline pipeline) implements Node {}

    record If(Pipeline condition, List<Node> then, List<Node> otherwise) implements Node {}

    record With(Pipeline value, List<Node> then, List<Node> otherwise) implements Node {}

    record Range(@Nullable String key, @Nullable String element, Pipeline over, List<Node> body, List<Node> otherwise)
            implements Node {}

    /** {@code break} or {@code continue}. */
    record Jump(boolean leave) implements Node {}

    /**
     * Commands chained by bars.
     *
     * @param variable what it is assigned to, without dollar; null for none
     * @param declare whether the assignment makes the variable
     */
    record Pipeline(@Nullable String variable, boolean declare, List<Command> commands) {}

    /** An operand, or a function with its arguments. */
    record Command(List<Term> terms) {}

    /** One operand. */
    sealed interface Term {
        record Constant(@Nullable Object value) implements Term {}

        /** The dot. */
        record Dot() implements Term {}

        /** A function's name. */
        record Name(String name) implements Term {}

        record Variable(String name) implements Term {}

        record Group(Pipeline pipeline) implements Term {}

        /** Fields of an operand: {@code .A.B}, {@code $x.A}, {@code (…).A}. */
        record Fields(Term base, List<String> names) implements Term {}
    }
}
