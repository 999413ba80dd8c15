package org.craq.node.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.craq.core.file.FileName;
import org.craq.core.replica.WriteId;
import org.junit.jupiter.api.Test;

class NewFileTest {
    private static NewFile file(String contentType, Map<String, String> metadata) {
        return new NewFile(
                new FileName("a"), new WriteId(UUID.randomUUID()), contentType, metadata, 1 << 20, List.of());
    }

    @Test
    void takesWhatFitsIntoHeaders() {
        assertThat(file("text/plain; charset=utf-8", Map.of("Author", "Jörg", "x.y-z_1", ""))
                        .userMetadata())
                .hasSize(2);
        assertThat(file("", Map.of()).contentType()).isEmpty();
    }

    @Test
    void refusesWhatWouldBreakAHeader() {
        assertThatThrownBy(() -> file("", Map.of("a", "b\r\nSet-Cookie: c"))).hasMessageContaining("control character");
        assertThatThrownBy(() -> file("", Map.of("a b", "c"))).hasMessageContaining("a key of user metadata");
        assertThatThrownBy(() -> file("text", Map.of())).hasMessageContaining("media type");
        assertThatThrownBy(() -> file("text/plain\r\n", Map.of())).hasMessageContaining("media type");
    }

    @Test
    void refusesMoreMetadataThanAPageOfAListingCouldCarry() {
        assertThat(file("", Map.of("k", "x".repeat(2047))).userMetadata()).hasSize(1);
        assertThatThrownBy(() -> file("", Map.of("k", "x".repeat(2048)))).hasMessageContaining("2048 bytes");
    }
}
