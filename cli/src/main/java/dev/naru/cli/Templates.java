package dev.naru.cli;

import org.jspecify.annotations.Nullable;

/** Templates given by users: what is wrong with them ends the command. */
final class Templates {
    private Templates() {}

    static Template parse(String text) {
        try {
            return Template.parse(text);
        } catch (TemplateException e) {
            throw new CliException(64, "template parsing error: template: :1: " + e.getMessage());
        }
    }

    static String apply(Template template, @Nullable Object data) {
        try {
            return template.apply(data);
        } catch (TemplateException e) {
            throw new CliException("template parsing error: template: :1: " + e.getMessage());
        }
    }
}
