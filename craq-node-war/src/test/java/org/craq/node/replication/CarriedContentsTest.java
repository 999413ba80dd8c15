package org.craq.node.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.craq.core.file.ContentId;
import org.craq.wire.v1.CarriedContent;
import org.junit.jupiter.api.Test;

class CarriedContentsTest {
    private static final ByteString LARGEST = ByteString.copyFrom(new byte[CarriedContents.LARGEST_BYTES]);

    private final CarriedContents carried = new CarriedContents();

    @Test
    void whatIsOfferedIsTakenOnce() {
        ContentId id = id();
        carried.offer(id, ByteString.copyFromUtf8("bytes"), 7);

        assertThat(carried.take(id))
                .hasValue(CarriedContent.newBuilder()
                        .setChunkId(id.toString())
                        .setData(ByteString.copyFromUtf8("bytes"))
                        .setCrc32C(7)
                        .build());
        assertThat(carried.take(id)).isEmpty();
        assertThat(carried.take(id())).isEmpty();
    }

    @Test
    void theOldestGoWhenThereIsTooMuch() {
        List<ContentId> ids = offered(257);

        assertThat(carried.take(ids.get(0))).isEmpty();
        ids.subList(1, 257).forEach(id -> assertThat(carried.take(id)).isPresent());
    }

    @Test
    void whatIsTakenMakesRoom() {
        offered(256).forEach(carried::take);
        List<ContentId> ids = offered(256);
        carried.offer(ids.get(255), LARGEST, 0);

        ids.forEach(id -> assertThat(carried.take(id)).isPresent());
    }

    private List<ContentId> offered(int count) {
        List<ContentId> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(id());
            carried.offer(ids.get(i), LARGEST, 0);
        }
        return ids;
    }

    private static ContentId id() {
        return new ContentId(UUID.randomUUID());
    }
}
