package org.craq.node.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.IntSupplier;
import org.craq.core.file.Body;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.wire.content.Checksum;
import org.junit.jupiter.api.Test;

/** Which contents are joined, and how long bodies get by that. */
class AppendsTest {
    private static final long MIB = 1 << 20;

    private static Content content(long length) {
        return new Content(new ContentId(UUID.randomUUID()), Content.MAX_CHUNK_SIZE, length, 0);
    }

    private static List<Content> contents(long... lengths) {
        List<Content> contents = new ArrayList<>();
        for (long length : lengths) {
            contents.add(content(length));
        }
        return contents;
    }

    private static int count(long added, long... lengths) {
        return Appends.Joining.count(contents(lengths), added);
    }

    @Test
    void eightOfALevelBecomeOne() {
        long kib = 1 << 10;
        assertThat(count(40 * kib)).isZero();
        assertThat(count(40 * kib, repeated(6, 40 * kib))).isZero();
        assertThat(count(40 * kib, repeated(7, 40 * kib))).isEqualTo(7);
        assertThat(count(0, repeated(7, 1))).isZero();
        assertThat(count(40 * kib, 40 * kib, 1, 2, 3, 4, 5, 40 * kib))
                .as("shorter ones count")
                .isEqualTo(7);
        assertThat(count(1, repeated(7, 40 * kib))).as("longer ones don't").isZero();
        long[] two = repeated(14, 40 * kib);
        Arrays.fill(two, 0, 7, 320 * kib);
        assertThat(count(40 * kib, two)).as("which are eight of the next level").isEqualTo(14);
    }

    @Test
    void nothingVeryLongIsMade() {
        assertThat(count(100 * MIB, repeated(7, 100 * MIB))).isEqualTo(4);
        assertThat(count(300 * MIB, repeated(7, 300 * MIB))).isZero();
    }

    private static long[] repeated(int count, long length) {
        long[] lengths = new long[count];
        Arrays.fill(lengths, length);
        return lengths;
    }

    /** Appends of any lengths. */
    @Test
    void bodiesStayShortAndBytesAreCopiedSeldom() {
        for (int most : new int[] {10_000, 1 << 20, 20 << 20}) {
            Random random = new Random(5);
            grow(() -> 1 + random.nextInt(most), 3000);
        }
        Random random = new Random(6);
        grow(() -> (int) Math.pow(2, 24 * random.nextDouble()), 3000);
        for (int same : new int[] {1000, 64 << 10, 5 << 20, 33 << 20}) {
            grow(() -> same, 1000);
        }
    }

    private static void grow(IntSupplier next, int appends) {
        List<Content> body = new ArrayList<>();
        long appended = 0;
        long written = 0;
        for (int i = 0; i < appends; i++) {
            long added = next.getAsInt();
            appended += added;
            int joined = Appends.Joining.count(body, added);
            List<Content> last = body.subList(body.size() - joined, body.size());
            long length = added + last.stream().mapToLong(Content::length).sum();
            written += length;
            last.clear();
            body.add(content(length));
            assertThat(body.size()).isLessThanOrEqualTo(50 + (int) (appended / (128 * MIB)));
        }
        assertThat(written).isLessThan(8 * appended);
    }

    @Test
    void theChecksumOfAllFollowsFromThoseOfEach() {
        byte[] one = {1, 2, 3};
        byte[] two = {4, 5};
        Body body = Appends.joined(List.of(
                new Content(new ContentId(UUID.randomUUID()), Content.MAX_CHUNK_SIZE, 3, crc(one)),
                new Content(new ContentId(UUID.randomUUID()), Content.MAX_CHUNK_SIZE, 2, crc(two))));
        assertThat(body.crc32c()).isEqualTo(crc(new byte[] {1, 2, 3, 4, 5}));
        assertThat(body.length()).isEqualTo(5);
    }

    private static int crc(byte[] bytes) {
        return Checksum.of(ByteBuffer.wrap(bytes));
    }
}
