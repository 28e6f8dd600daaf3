package dev.naru.network;

/** Who decides what reaches published ports; docs/design/016-firewall.md. */
public enum FirewallMode {
    /** No rules are written; a relay serves ports. */
    OFF,
    /** The instance's table alone, with the owner's chain in it. */
    DIRECT,
    /** For ports published on all addresses the host's own input policy too. */
    HOST
}
