package dev.naru.build;

import org.jspecify.annotations.Nullable;

/**
 * A remark on a build file that stops nothing.
 *
 * @param rule the rule's name, such as {@code StageNameCasing}
 */
public record BuildWarning(
        String rule, String description, String url, String message, Vertex.@Nullable SourceRange range) {}
