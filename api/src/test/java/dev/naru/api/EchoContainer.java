package dev.naru.api;

import dev.naru.engine.StreamSession;
import dev.naru.wire.ContainerCreateRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;

/** A container that echoes its input, or says its command. */
final class EchoContainer {
    final String id;
    final String name;
    final ContainerCreateRequest request;
    final CountDownLatch started = new CountDownLatch(1);
    final CountDownLatch exited = new CountDownLatch(1);

    EchoContainer(String id, String name, ContainerCreateRequest request) {
        this.id = id;
        this.name = name;
        this.request = request;
    }

    boolean tty() {
        return Boolean.TRUE.equals(request.tty());
    }

    StreamSession session(boolean stdin) {
        return new StreamSession() {
            @Override
            public boolean tty() {
                return EchoContainer.this.tty();
            }

            @Override
            public void serve(Client client) throws IOException {
                try {
                    started.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
                if (stdin) {
                    echo(client);
                } else {
                    byte[] text = (String.join(" ", request.cmd() == null ? java.util.List.of() : request.cmd()) + "\n")
                            .getBytes(java.nio.charset.StandardCharsets.UTF_8);
                    write(client, text, text.length);
                }
                exited.countDown();
            }

            @Override
            public void close() {}
        };
    }

    private void echo(StreamSession.Client client) throws IOException {
        byte[] buffer = new byte[32 << 10];
        for (int count = client.input().read(buffer);
                count >= 0;
                count = client.input().read(buffer)) {
            write(client, buffer, count);
        }
    }

    private void write(StreamSession.Client client, byte[] bytes, int count) throws IOException {
        if (!tty()) {
            client.output()
                    .write(ByteBuffer.allocate(8).putInt(1 << 24).putInt(count).array());
        }
        client.output().write(bytes, 0, count);
    }
}
