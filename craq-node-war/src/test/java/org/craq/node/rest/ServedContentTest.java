package org.craq.node.rest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServedContentTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/html",
                "TEXT/HTML; charset=utf-8",
                "image/svg+xml",
                "application/xhtml+xml",
                "application/xml",
                "text/xml",
                "text/javascript",
                "application/pdf",
                "application/octet-stream",
                "text/plain-x",
                "text/html;image/png",
                "multipart/byteranges",
                ""
            })
    void whatCouldDoSomethingIsSavedAndNotShown(String type) {
        assertThat(ServedContent.of(type).headers())
                .containsEntry("Content-Disposition", "attachment")
                .containsEntry("Cross-Origin-Resource-Policy", "same-site");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "Text/Plain ; charset=utf-8", "image/png", "video/mp4", "audio/mpeg"})
    void picturesSoundAndPlainTextAreShown(String type) {
        assertThat(ServedContent.of(type).headers())
                .doesNotContainKey("Content-Disposition")
                .containsEntry("Cross-Origin-Resource-Policy", "cross-origin");
    }
}
