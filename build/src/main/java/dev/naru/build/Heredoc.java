package dev.naru.build;

import static java.util.Objects.requireNonNull;

/**
 * A document within an instruction.
 *
 * @param name its delimiter, and for COPY the file's name
 * @param content with the newline of its last line
 * @param expand whether variables are replaced: its delimiter had no quotes
 * @param strip whether tabs before its lines were taken away ({@code <<-})
 */
record Heredoc(String name, String content, boolean expand, boolean strip) {
    Heredoc {
        requireNonNull(name, "name");
        requireNonNull(content, "content");
    }
}
