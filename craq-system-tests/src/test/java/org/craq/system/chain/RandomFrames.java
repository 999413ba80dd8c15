package org.craq.system.chain;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.UUID;
import org.craq.wire.content.Checksum;
import org.craq.wire.content.ContentFrame;
import org.craq.wire.v1.ContentEnd;
import org.craq.wire.v1.ContentRequest;
import org.craq.wire.v1.Envelope;
import org.craq.wire.v1.PushStart;
import org.craq.wire.v1.ReadRequest;
import org.craq.wire.v1.Version;
import org.craq.wire.v1.WriteHeader;
import org.craq.wire.v1.WriteTrailer;

/** Random input for a content port, which is nearly valid most of the time. */
final class RandomFrames {
    private static final int MOST_BYTES = 3 << 20;

    private final Random random;
    private final String node;

    RandomFrames(Random random, String node) {
        this.random = random;
        this.node = node;
    }

    /** Returns everything that one connection sends. */
    byte[] next() {
        ByteBuffer bytes = ByteBuffer.allocate(MOST_BYTES);
        bytes.put(ContentFrame.preface(false));
        for (int requests = random.nextInt(4); requests >= 0 && bytes.remaining() > MOST_BYTES / 2; requests--) {
            request(bytes);
        }
        byte[] all = new byte[bytes.flip().remaining()];
        bytes.get(all);
        if (random.nextInt(4) == 0) {
            all[random.nextInt(all.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return random.nextInt(5) == 0 ? java.util.Arrays.copyOf(all, random.nextInt(all.length)) : all;
    }

    private void request(ByteBuffer bytes) {
        ContentRequest.Builder request = ContentRequest.newBuilder().setNodeId(random.nextInt(9) == 0 ? "n9" : node);
        switch (random.nextInt(5)) {
            case 0 -> request.setWrite(write());
            case 1 -> request.setPush(push());
            case 2 -> {
                byte[] noise = new byte[random.nextInt(200)];
                random.nextBytes(noise);
                ContentFrame.putMessage(bytes, noise);
                return;
            }
            default -> request.setRead(read());
        }
        ContentFrame.putMessage(bytes, request.build().toByteArray());
        if (!request.hasRead()) {
            pieces(bytes);
        }
    }

    private ReadRequest read() {
        ReadRequest.Builder read = ReadRequest.newBuilder()
                .setName(name())
                .setOffset(number())
                .setLimit(number())
                .setTakesElsewhere(random.nextBoolean());
        if (random.nextInt(4) == 0) {
            read.setVersion(Version.newBuilder().setEpoch(number()).setSeq(number()));
        }
        return read.build();
    }

    private WriteHeader write() {
        return WriteHeader.newBuilder()
                .setName(name())
                .setWriteId(
                        random.nextInt(5) == 0 ? "no id" : new UUID(random.nextLong(), random.nextLong()).toString())
                .setChunkSize(random.nextBoolean() ? 0 : (int) number())
                .setAwaitsTurn(random.nextBoolean())
                .setAppends(random.nextInt(4) == 0)
                .build();
    }

    private PushStart push() {
        return PushStart.newBuilder()
                .setChunkId(
                        random.nextInt(5) == 0 ? "no id" : new UUID(random.nextLong(), random.nextLong()).toString())
                .setEnvelope(Envelope.newBuilder()
                        .setChainId(random.nextInt(5) == 0 ? "c9" : "c1")
                        .setEpoch(number())
                        .setFrom("n1")
                        .setFromIncarnation(new UUID(1, 1).toString())
                        .setToIncarnation(random.nextInt(3) == 0 ? "none" : new UUID(2, 2).toString()))
                .build();
    }

    private void pieces(ByteBuffer bytes) {
        for (int i = random.nextInt(3); i > 0; i--) {
            byte[] piece = new byte[random.nextInt(random.nextInt(4) == 0 ? 300_000 : 5_000)];
            int crc = random.nextInt(6) == 0 ? 1 : Checksum.of(ByteBuffer.wrap(piece));
            new ContentFrame(ContentFrame.Kind.PIECE, piece.length, crc).put(bytes);
            bytes.put(piece);
        }
        if (random.nextInt(3) > 0) {
            ContentFrame.putMessage(
                    bytes,
                    ContentEnd.newBuilder()
                            .setTrailer(WriteTrailer.newBuilder().setLength(number()))
                            .build()
                            .toByteArray());
        }
    }

    private String name() {
        return switch (random.nextInt(6)) {
            case 0 -> "";
            case 1 -> "../up";
            case 2 -> ".craq/own";
            case 3 -> ByteString.copyFromUtf8("fuzz/\u00e4 %").toStringUtf8();
            default -> "fuzz/a";
        };
    }

    private long number() {
        return switch (random.nextInt(5)) {
            case 0 -> random.nextLong();
            case 1 -> -1;
            case 2 -> random.nextInt(20);
            default -> 0;
        };
    }
}
