package dev.naru.cli;

/** A template that cannot be parsed or evaluated. */
final class TemplateException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TemplateException(String message) {
        super(message);
    }
}
