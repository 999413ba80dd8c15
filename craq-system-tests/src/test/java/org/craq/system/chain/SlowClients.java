package org.craq.system.chain;

import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.craq.wire.content.ContentFrame;
import org.craq.wire.v1.NodeGrpc;
import org.craq.wire.v1.ReadReply;
import org.craq.wire.v1.ReadRequest;
import org.craq.wire.v1.WriteHeader;
import org.craq.wire.v1.WriteReply;
import org.craq.wire.v1.WriteRequest;

/**
 * Clients of every interface that send almost nothing, or read nothing of what they requested. {@link #close} ends all
 * of them.
 */
final class SlowClients implements AutoCloseable {
    private static final int SMALL_BUFFER = 4096;
    private static final int SHORT_BYTES = 10_000;
    private static final int LONG_BYTES = 2_000_000;
    private static final int MANY = 20;
    private static final String LENGTH = "Content-Length: 9000000";
    private static final byte[] LITTLE = new byte[1000];

    private final URI http;
    private final List<Socket> sockets = new ArrayList<>();
    /** Connections on which a little is sent from time to time. */
    private final List<Socket> trickling = new CopyOnWriteArrayList<>();

    /** Those of these connections that the server has closed. */
    private final Set<Socket> ended = ConcurrentHashMap.newKeySet();

    private final List<ManagedChannel> channels = new ArrayList<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    SlowClients(String url) {
        this.http = URI.create(url);
        var unused = timer.scheduleWithFixedDelay(this::trickle, 1, 1, TimeUnit.SECONDS);
    }

    private void trickle() {
        for (Socket socket : trickling) {
            try {
                socket.getOutputStream().write(LITTLE);
            } catch (IOException e) {
                ended.add(socket);
            }
        }
    }

    private synchronized Socket connect(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.setReceiveBufferSize(SMALL_BUFFER);
        socket.connect(address);
        return socket;
    }

    /** Sends a request the given number of times, and some bytes of its body. */
    private void ask(String line, int times, int bytes, String... headers) throws IOException {
        Socket socket = connect(new InetSocketAddress(http.getHost(), http.getPort()));
        String head = Stream.concat(Stream.of(line + " HTTP/1.1", "Host: " + http.getAuthority()), Stream.of(headers))
                .collect(Collectors.joining("\r\n", "", "\r\n\r\n"));
        socket.getOutputStream().write(head.repeat(times).getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(new byte[bytes]);
        if (bytes > 0) {
            trickling.add(socket);
        }
    }

    /** Sends some KB of bodies, and then a little from time to time. */
    void sendBodies(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            ask("PUT /v1/files/slow/" + i, 1, SHORT_BYTES, LENGTH);
            ask("GET /v1/files", 1, SHORT_BYTES, LENGTH);
            ask("PUT /v1/nothing", 1, SHORT_BYTES, LENGTH);
            ask("POST /v1/transactions", 1, SHORT_BYTES, LENGTH, "Content-Type: application/json");
            ask(
                    "POST /v1/uploads/slow/t",
                    1,
                    SHORT_BYTES,
                    LENGTH,
                    "Content-Type: application/offset+octet-stream",
                    "Tus-Resumable: 1.0.0",
                    "Upload-Length: 9000000");
        }
    }

    /** Sends the beginning of long bodies, which acquire the permits of long uploads, and makes no progress. */
    void sendLongBodies(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            ask("PUT /v1/files/slow/long" + i, 1, LONG_BYTES, LENGTH);
        }
    }

    /** Requests answers, long ones and many short ones, and reads nothing. */
    void takeNothing(int count, String longFile) throws IOException {
        for (int i = 0; i < count; i++) {
            ask("GET /v1/files/" + longFile, 1, 0);
            ask("GET /metrics", MANY, 0);
        }
    }

    /** Opens streams that hold a permit and send nothing, or read nothing. */
    void callByGrpc(int count, ManagedChannel channel, String longFile) {
        channels.add(channel);
        for (int i = 0; i < count; i++) {
            StreamObserver<WriteRequest> stream =
                    NodeGrpc.newStub(channel).streamWrite(new Ignoring<WriteRequest, WriteReply>());
            stream.onNext(WriteRequest.newBuilder()
                    .setHeader(WriteHeader.newBuilder()
                            .setName("slow/g" + i)
                            .setChunkSize(1 << 20)
                            .setAwaitsTurn(true))
                    .build());
            NodeGrpc.newStub(channel)
                    .streamRead(
                            ReadRequest.newBuilder().setName(longFile).build(), new Ignoring<ReadRequest, ReadReply>());
        }
    }

    /** Opens connections to the content port that send nothing, or only the greeting. */
    void callAtContentPort(int count, int port) throws IOException {
        for (int i = 0; i < count; i++) {
            Socket socket = connect(new InetSocketAddress(http.getHost(), port));
            if (i % 2 == 0) {
                byte[] preface = new byte[ContentFrame.preface(false).remaining()];
                ContentFrame.preface(false).get(preface);
                socket.getOutputStream().write(preface);
                socket.getOutputStream().write(0);
            }
        }
    }

    /** Reads nothing of the answer. */
    private static final class Ignoring<Q, A> implements ClientResponseObserver<Q, A> {
        @Override
        public void beforeStart(ClientCallStreamObserver<Q> call) {
            call.disableAutoRequestWithInitial(0);
        }

        @Override
        public void onNext(A answer) {
            throw new IllegalStateException("nothing was requested");
        }

        @Override
        public void onError(Throwable failure) {
            // The server has ended the call.
        }

        @Override
        public void onCompleted() {
            // This never happens.
        }
    }

    /** Returns how many of the connections that send a little from time to time the server has closed. */
    int cutOff() {
        trickling.stream().filter(SlowClients::isEnded).forEach(ended::add);
        return ended.size();
    }

    private static boolean isEnded(Socket socket) {
        try {
            socket.setSoTimeout(1);
            while (socket.getInputStream().read() >= 0) {
                // The answer comes before the end of the stream.
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public synchronized void close() throws IOException {
        timer.shutdownNow();
        channels.forEach(ManagedChannel::shutdownNow);
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
