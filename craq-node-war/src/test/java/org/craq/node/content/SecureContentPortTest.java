package org.craq.node.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.craq.core.chain.NodeId;
import org.craq.security.Action;
import org.craq.security.Caller;
import org.craq.security.Grant;
import org.craq.security.Grants;
import org.craq.security.Rights;
import org.craq.security.User;
import org.craq.server.access.Access;
import org.craq.server.limits.CallerLimits;
import org.craq.server.limits.LimitSettings;
import org.craq.wire.content.ContentConnection;
import org.craq.wire.content.ContentFrame;
import org.craq.wire.content.ContentSession;
import org.craq.wire.v1.ContentEnd;
import org.craq.wire.v1.ContentReply;
import org.craq.wire.v1.ContentRequest;
import org.craq.wire.v1.ContentRequest.WhatCase;
import org.craq.wire.v1.Envelope;
import org.craq.wire.v1.PushReply;
import org.craq.wire.v1.PushStart;
import org.craq.wire.v1.ReadHeader;
import org.craq.wire.v1.ReadRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A content port on which each message shows who has made it. */
class SecureContentPortTest {
    private static final Duration SOON = Duration.ofSeconds(5);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> done = new CopyOnWriteArrayList<>();
    private final Map<String, User> users = new HashMap<>();
    private final Access access = Access.on(
            new Access.KnownRights() {
                @Override
                public Rights rights() {
                    return new Rights(1, "c", users, Map.of(), Map.of(), Set.of(), List.of());
                }

                @Override
                public void requireCurrent(Action action) {}
            },
            false,
            new CallerLimits(LimitSettings.OFF, System::nanoTime),
            Access.Outside.NONE);
    private final ContentSessions sessions = new ContentSessions(access, false);
    private ContentPort port;

    @BeforeEach
    void start() throws IOException {
        user("alice", Instant.EPOCH, "reader:a/");
        port = new ContentPort(
                new NodeId("n1"),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                8,
                Optional.of(sessions),
                Optional.empty(),
                threads,
                (method, code) -> done.add(method + " " + code));
        port.open(Map.of(WhatCase.READ, new Reads(), WhatCase.PUSH, new Pushes()));
    }

    @AfterEach
    void stop() {
        port.close();
        threads.shutdownNow();
    }

    private void user(String name, Instant tokensFrom, String grant) {
        users.put(name, new User(name, true, tokensFrom, Grants.of(List.of(Grant.of(grant)))));
    }

    private final class Reads implements ContentHandler {
        @Override
        public void answer(ContentRequest request, ServedConnection connection) throws IOException {
            connection.guard().require(Action.READ, request.getRead().getName());
            done.add(connection.guard().user() + " reads " + request.getRead().getName());
            connection.put(ContentReply.newBuilder()
                    .setHeader(ReadHeader.getDefaultInstance())
                    .build());
        }

        @Override
        public String method() {
            return "read";
        }
    }

    private final class Pushes implements ContentHandler {
        @Override
        public void answer(ContentRequest request, ServedConnection connection) throws IOException {
            connection.requireNode(request.getPush().getEnvelope().getFrom());
            connection.pieces(frame -> connection.read(ByteBuffer.allocate(frame.length())), () -> {});
            done.add("pushed by " + request.getPush().getEnvelope().getFrom());
            connection.put(ContentReply.newBuilder()
                    .setPushed(PushReply.getDefaultInstance())
                    .build());
        }

        @Override
        public String method() {
            return "push";
        }
    }

    private ContentSession ofAlice() {
        return sessions.issue(new Caller(
                "alice",
                Caller.Method.TOKEN,
                Optional.empty(),
                Optional.empty(),
                () -> new Rights(1, "c", users, Map.of(), Map.of(), Set.of(), List.of())));
    }

    private ContentConnection line(ContentSession session) throws IOException {
        return new ContentConnection("127.0.0.1:1", port.port(), Optional.of(session), Optional.empty());
    }

    private static byte[] read(String name) {
        return ContentRequest.newBuilder()
                .setNodeId("n1")
                .setRead(ReadRequest.newBuilder().setName(name))
                .build()
                .toByteArray();
    }

    private static byte[] push(String from) {
        return ContentRequest.newBuilder()
                .setNodeId("n1")
                .setPush(
                        PushStart.newBuilder().setEnvelope(Envelope.newBuilder().setFrom(from)))
                .build()
                .toByteArray();
    }

    private static ContentReply answer(ContentConnection line) throws IOException {
        ContentFrame frame = line.frame(SOON);
        return ContentReply.parseFrom(line.take(frame.length(), SOON));
    }

    @Test
    void aSessionMakesTheRequestsOfItsUser() throws IOException {
        try (ContentConnection line = line(ofAlice())) {
            line.send(read("a/x"), SOON);
            assertThat(answer(line).hasHeader()).isTrue();
            line.send(read("a/y"), SOON);
            assertThat(answer(line).hasHeader()).isTrue();
            line.send(read("b/x"), SOON);
            assertThat(answer(line).getRefusal().getCode()).isEqualTo("PERMISSION_DENIED");
            user("alice", Instant.EPOCH, "reader:b/");
            line.send(read("a/x"), SOON);
            assertThat(answer(line).getRefusal().getCode()).isEqualTo("PERMISSION_DENIED");
            users.clear();
            line.send(read("b/x"), SOON);
            assertThat(answer(line).getRefusal().getCode()).isEqualTo("UNAUTHENTICATED");
        }
        assertThat(done).startsWith("alice reads a/x", "alice reads a/y").hasSize(5);
    }

    @Test
    void aSessionFromBeforeARevocationIsNotAccepted() throws IOException {
        ContentSession before = ofAlice();
        user("alice", Instant.now().plusSeconds(1), "reader:a/");
        try (ContentConnection line = line(before)) {
            line.send(read("a/x"), SOON);
            assertThat(answer(line).getRefusal().getCode()).isEqualTo("UNAUTHENTICATED");
        }
    }

    @Test
    void aNodePushesInItsOwnNameAndUsersDoNot() throws IOException {
        try (ContentConnection line = line(sessions.issue(new NodeId("n2")))) {
            line.send(push("n2"), SOON);
            line.send(ContentEnd.getDefaultInstance().toByteArray(), SOON);
            assertThat(answer(line).hasPushed()).isTrue();
            line.send(read("a/x"), SOON);
            assertThat(answer(line).getRefusal().getCode()).isEqualTo("PERMISSION_DENIED");
            line.send(push("n3"), SOON);
            assertThat(answer(line).getRefusal().getCode()).isEqualTo("PERMISSION_DENIED");
        }
        try (ContentConnection line = line(ofAlice())) {
            line.send(push("n2"), SOON);
            assertThat(answer(line).getRefusal().getCode()).isEqualTo("PERMISSION_DENIED");
        }
        assertThat(done).contains("pushed by n2").doesNotContain("pushed by n3");
    }

    @Test
    void whoHasNoKeyIsCutOff() throws IOException {
        ContentSession own = ofAlice();
        ByteString otherKey = ContentSession.key(new byte[32], own.ticket());
        cutOff(new ContentSession(own.ticket(), otherKey, Optional.empty(), false));
        cutOff(new ContentSession(
                own.ticket().concat(ByteString.copyFromUtf8("x")), own.key(), Optional.empty(), false));
        cutOff(new ContentSessions(access, false).issue(new NodeId("n2")));
        assertThatThrownBy(() -> {
                    try (ContentConnection plain =
                            new ContentConnection("127.0.0.1:1", port.port(), Optional.empty(), Optional.empty())) {
                        plain.send(read("a/x"), SOON);
                        plain.frame(SOON);
                    }
                })
                .isInstanceOf(IOException.class);
        assertThat(done).isEmpty();
    }

    private void cutOff(ContentSession session) throws IOException {
        try (ContentConnection line = line(session)) {
            line.send(read("a/x"), SOON);
            assertThatThrownBy(() -> line.frame(SOON)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void whatWasOverheardServesNobodyElse() throws IOException {
        byte[] heard;
        try (ContentConnection line = line(ofAlice())) {
            ByteBuffer frame = line.framed(read("a/x"));
            heard = new byte[frame.remaining()];
            frame.duplicate().get(heard);
            line.sendFrames(frame, SOON);
            assertThat(answer(line).hasHeader()).isTrue();
            // The same bytes again, as the second message of the connection that they were made for.
            line.sendFrames(ByteBuffer.wrap(heard), SOON);
            assertThatThrownBy(() -> line.frame(SOON)).isInstanceOf(IOException.class);
        }
        try (Socket other = new Socket(InetAddress.getLoopbackAddress(), port.port())) {
            other.setSoTimeout((int) SOON.toMillis());
            byte[] preface = new byte[ContentFrame.preface(true).remaining()];
            ContentFrame.preface(true).get(preface);
            other.getOutputStream().write(preface);
            assertThat(other.getInputStream().readNBytes(ContentSession.NONCE_BYTES))
                    .hasSize(ContentSession.NONCE_BYTES);
            other.getOutputStream().write(heard);
            assertThat(other.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(done).containsExactly("alice reads a/x");
    }

    @Test
    void changedMessagesEndTheConnection() throws IOException {
        for (int at : new int[] {ContentFrame.BYTES, ContentFrame.BYTES + 5, ContentFrame.BYTES + 80}) {
            try (ContentConnection line = line(ofAlice())) {
                ByteBuffer frame = line.framed(read("a/x"));
                byte[] payload = new byte[frame.remaining() - ContentFrame.BYTES];
                frame.position(ContentFrame.BYTES).get(payload);
                payload[at - ContentFrame.BYTES] ^= 1;
                ByteBuffer changed = ByteBuffer.allocate(ContentFrame.BYTES + payload.length);
                ContentFrame.putMessage(changed, payload);
                line.sendFrames(changed.flip(), SOON);
                assertThatThrownBy(() -> line.frame(SOON)).isInstanceOf(IOException.class);
            }
        }
        assertThat(done).isEmpty();
    }
}
