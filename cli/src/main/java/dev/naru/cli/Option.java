package dev.naru.cli;

/**
 * An option of a command.
 *
 * @param name the long name without dashes
 * @param letter the one-letter name, or 0
 * @param form what its value looks like
 * @param type the word that help shows for its value, such as {@code list}; empty for a switch
 * @param help what it does, in a line; empty for one that is not shown
 */
record Option(String name, char letter, Form form, String type, String help) {
    /** How values are taken. */
    enum Form {
        SWITCH,
        VALUE,
        LIST
    }

    static Option flag(String name, char letter, String help) {
        return new Option(name, letter, Form.SWITCH, "", help);
    }

    static Option value(String name, char letter, String type, String help) {
        return new Option(name, letter, Form.VALUE, type, help);
    }

    static Option list(String name, char letter, String help) {
        return list(name, letter, "list", help);
    }

    static Option list(String name, char letter, String type, String help) {
        return new Option(name, letter, Form.LIST, type, help);
    }

    /** Whether it is taken for the sake of older scripts alone: neither help nor completion has it. */
    boolean isFormer() {
        return help.isEmpty();
    }

    /** As messages call it: {@code -a, --all}. */
    String notation() {
        return (letter == 0 ? "" : "-" + letter + ", ") + "--" + name;
    }
}
