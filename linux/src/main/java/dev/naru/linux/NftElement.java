package dev.naru.linux;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;

/** An element of a set or map: the bytes of its key, and those of its value or the chain it jumps to. */
public final class NftElement {
    private final byte[] key;
    private final byte[] value;
    private final String chain;
    private final int how;

    private NftElement(byte[] key, byte[] value, String chain) {
        this(key, value, chain, NftTransaction.NFT_GOTO);
    }

    private NftElement(byte[] key, byte[] value, String chain, int how) {
        this.how = how;
        this.key = requireNonNull(key, "key");
        this.value = requireNonNull(value, "value");
        this.chain = requireNonNull(chain, "chain");
    }

    /** An interface's name. */
    public static NftElement ofInterface(String name) {
        return new NftElement(NftRule.interfaceName(name), new byte[0], "");
    }

    /** An interface's name that sends to a chain. */
    public static NftElement ofInterface(String name, String chain) {
        return new NftElement(NftRule.interfaceName(name), new byte[0], chain);
    }

    /** An interface's name that sends to a chain, after which what follows here goes on. */
    public static NftElement ofInterfaceAndBack(String name, String chain) {
        return new NftElement(NftRule.interfaceName(name), new byte[0], chain, NftTransaction.NFT_JUMP);
    }

    /**
     * A port of an address, without a value.
     *
     * @param protocol its number in the IP header
     */
    public static NftElement ofPort(byte[] address, int protocol, int port) {
        var key = new ByteArrayOutputStream();
        key.writeBytes(address);
        key.writeBytes(new byte[] {(byte) protocol, 0, 0, 0});
        key.writeBytes(port(port));
        return new NftElement(key.toByteArray(), new byte[0], "");
    }

    /**
     * A published port.
     *
     * @param address the host's; of no bytes when the map has none in its key
     * @param protocol its number in the IP header
     */
    public static NftElement ofPort(byte[] address, int protocol, int port, byte[] toAddress, int toPort) {
        var key = new ByteArrayOutputStream();
        key.writeBytes(address);
        key.writeBytes(new byte[] {(byte) protocol, 0, 0, 0});
        key.writeBytes(port(port));
        var value = new ByteArrayOutputStream();
        value.writeBytes(toAddress);
        value.writeBytes(port(toPort));
        return new NftElement(key.toByteArray(), value.toByteArray(), "");
    }

    /** A protocol's port, in a set. */
    public static NftElement ofPort(int protocol, int port) {
        var key = new ByteArrayOutputStream();
        key.writeBytes(new byte[] {(byte) protocol, 0, 0, 0});
        key.writeBytes(port(port));
        return new NftElement(key.toByteArray(), new byte[0], "");
    }

    void write(NetlinkBatch batch) {
        batch.nested(1, element -> {
            element.nested(1, data -> data.attribute(1, key));
            if (!chain.isEmpty()) {
                element.nested(2, data -> NftRule.verdict(data, how, chain));
            } else if (value.length > 0) {
                element.nested(2, data -> data.attribute(1, value));
            }
        });
    }

    private static byte[] port(int port) {
        return new byte[] {(byte) (port >>> 8), (byte) port, 0, 0};
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NftElement element
                && Arrays.equals(key, element.key)
                && Arrays.equals(value, element.value)
                && chain.equals(element.chain);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(key);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(key) + " : "
                + (chain.isEmpty() ? HexFormat.of().formatHex(value) : chain);
    }
}
