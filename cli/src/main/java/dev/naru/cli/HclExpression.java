package dev.naru.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Expressions of HashiCorp's configuration language, native syntax, version 2. */
sealed interface HclExpression {
    HclSource.Place at();

    /** A number, a boolean, null, or a text without any template. */
    record Constant(HclSource.Place at, @Nullable Object value) implements HclExpression {}

    /** A text with values in it. One that is a single value and nothing else is that value. */
    record Template(HclSource.Place at, List<HclExpression> parts) implements HclExpression {}

    record Name(HclSource.Place at, String name) implements HclExpression {}

    /** The element of a splat. */
    record Each(HclSource.Place at) implements HclExpression {}

    record Attribute(HclSource.Place at, HclExpression of, String name) implements HclExpression {}

    record Index(HclSource.Place at, HclExpression of, HclExpression key) implements HclExpression {}

    /** {@code of[*].a.b}: what follows is done for each element, which it knows as {@link Each}. */
    record Splat(HclSource.Place at, HclExpression of, HclExpression each) implements HclExpression {}

    /** @param spread whether the last argument is a list of arguments */
    record Call(HclSource.Place at, String name, List<HclExpression> arguments, boolean spread)
            implements HclExpression {}

    record Unary(HclSource.Place at, char operator, HclExpression operand) implements HclExpression {}

    record Binary(HclSource.Place at, String operator, HclExpression left, HclExpression right)
            implements HclExpression {}

    record Conditional(HclSource.Place at, HclExpression condition, HclExpression then, HclExpression otherwise)
            implements HclExpression {}

    record Tuple(HclSource.Place at, List<HclExpression> elements) implements HclExpression {}

    record Entry(HclExpression key, HclExpression value) {}

    record ObjectOf(HclSource.Place at, List<Entry> entries) implements HclExpression {}

    /**
     * {@code [for k, v in over : value if condition]} or {@code {for k, v in over : key => value... if condition}}.
     *
     * @param keyName null when only elements are named
     * @param key null for a list
     * @param grouped whether values of equal keys are gathered
     * @param text whether results are joined, as the template's directive does
     */
    record For(
            HclSource.Place at,
            @Nullable String keyName,
            String valueName,
            HclExpression over,
            @Nullable HclExpression key,
            HclExpression value,
            @Nullable HclExpression condition,
            boolean grouped,
            boolean text)
            implements HclExpression {}
}
