package dev.naru.linux;

/** The families of tables that see packets of the Internet protocols (linux/netfilter.h). */
public enum NftFamily {
    INET(1, "inet"),
    IP(2, "ip"),
    IP6(10, "ip6");

    private final int number;
    private final String text;

    NftFamily(int number, String text) {
        this.number = number;
        this.text = text;
    }

    int number() {
        return number;
    }

    /** The family's name for people; other families by their number. */
    static String text(int number) {
        for (NftFamily family : values()) {
            if (family.number == number) {
                return family.text;
            }
        }
        return "family " + number;
    }
}
