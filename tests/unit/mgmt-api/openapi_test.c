// SPDX-License-Identifier: Apache-2.0
// openapi.yaml and the route table say the same: every path and method, which of them are open, and references resolve.
#include "routes.h"
#include "static_files.h"
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <yaml.h>

static yaml_document_t document;

static int load(void)
{
    const struct static_file *file = static_files;
    while (file->path && strcmp(file->path, "openapi.yaml") != 0)
        file++;
    yaml_parser_t parser;
    if (!file->path || !yaml_parser_initialize(&parser))
        return 1;
    yaml_parser_set_input_string(&parser, file->data, file->size);
    int loaded = yaml_parser_load(&parser, &document);
    yaml_parser_delete(&parser);
    return !loaded;
}

static int unload(void)
{
    yaml_document_delete(&document);
    return 0;
}

static const char *scalar(int index)
{
    yaml_node_t *node = yaml_document_get_node(&document, index);
    return node && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : "";
}

static yaml_node_t *member(yaml_node_t *mapping, const char *key)
{
    if (!mapping || mapping->type != YAML_MAPPING_NODE)
        return NULL;
    for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start; pair < mapping->data.mapping.pairs.top; pair++)
        if (strcmp(scalar(pair->key), key) == 0)
            return yaml_document_get_node(&document, pair->value);
    return NULL;
}

static yaml_node_t *paths(void)
{
    yaml_node_t *node = member(yaml_document_get_root_node(&document), "paths");
    CU_ASSERT_PTR_NOT_NULL_FATAL(node);
    return node;
}

static yaml_node_t *operation_of(const struct route *route)
{
    char method[16];
    snprintf(method, sizeof method, "%s", http_method_names[route->method]);
    for (char *c = method; *c; c++)
        *c |= 0x20;
    return member(member(paths(), route->pattern), method);
}

static const struct route *route_of(const char *path, const char *method)
{
    for (const struct route *route = routes; route->pattern; route++)
        if (strcmp(route->pattern, path) == 0 && strcasecmp(http_method_names[route->method], method) == 0)
            return route;
    return NULL;
}

static void every_route_is_described(void)
{
    for (const struct route *route = routes; route->pattern; route++) {
        yaml_node_t *operation = operation_of(route);
        if (!operation)
            printf("not in openapi.yaml: %s %s\n", http_method_names[route->method], route->pattern);
        CU_ASSERT_PTR_NOT_NULL(operation);
        CU_ASSERT_EQUAL(member(operation, "security") == NULL, route->needs != PERMIT_NONE);
        CU_ASSERT_EQUAL(member(operation, "requestBody") != NULL, route->consumes != NULL);
        CU_ASSERT_EQUAL(member(member(operation, "responses"), "401") != NULL, route->needs != PERMIT_NONE);
        CU_ASSERT_EQUAL(member(member(operation, "responses"), "403") != NULL, route->needs != PERMIT_NONE);
        if (route->needs != PERMIT_NONE) // what asks the gateway may get no answer
            CU_ASSERT_PTR_NOT_NULL(member(member(operation, "responses"), "503"));
    }
}

static void every_description_is_served(void)
{
    yaml_node_t *all = paths();
    for (yaml_node_pair_t *path = all->data.mapping.pairs.start; path < all->data.mapping.pairs.top; path++) {
        yaml_node_t *item = yaml_document_get_node(&document, path->value);
        for (yaml_node_pair_t *row = item->data.mapping.pairs.start; row < item->data.mapping.pairs.top; row++) {
            if (strcmp(scalar(row->key), "parameters") == 0)
                continue;
            if (!route_of(scalar(path->key), scalar(row->key)))
                printf("not in routes.c: %s %s\n", scalar(row->key), scalar(path->key));
            CU_ASSERT_PTR_NOT_NULL(route_of(scalar(path->key), scalar(row->key)));
        }
    }
}

static yaml_node_t *resolve(const char *reference)
{
    char path[128], *rest = NULL;
    snprintf(path, sizeof path, "%s", reference);
    yaml_node_t *node = yaml_document_get_root_node(&document);
    for (char *part = strtok_r(path, "#/", &rest); part; part = strtok_r(NULL, "#/", &rest))
        node = member(node, part);
    return node;
}

static void all_reasons_to_refuse_are_listed(void)
{
    yaml_node_t *reasons = resolve("#/components/schemas/Sessions/properties/refused_by_reason/propertyNames/enum");
    CU_ASSERT_FATAL(reasons && reasons->type == YAML_SEQUENCE_NODE);
    CU_ASSERT_EQUAL(reasons->data.sequence.items.top - reasons->data.sequence.items.start, REFUSALS);
}

// RTCPeerConnection, and what of its parts is a method or can be set: https://www.w3.org/TR/webrtc/
static const char *const webidl[] = {
    "RTCPeerConnection.constructor",
    "RTCPeerConnection.createOffer",
    "RTCPeerConnection.createAnswer",
    "RTCPeerConnection.setLocalDescription",
    "RTCPeerConnection.setRemoteDescription",
    "RTCPeerConnection.currentLocalDescription",
    "RTCPeerConnection.pendingLocalDescription",
    "RTCPeerConnection.currentRemoteDescription",
    "RTCPeerConnection.pendingRemoteDescription",
    "RTCPeerConnection.addIceCandidate",
    "RTCPeerConnection.signalingState",
    "RTCPeerConnection.iceGatheringState",
    "RTCPeerConnection.iceConnectionState",
    "RTCPeerConnection.connectionState",
    "RTCPeerConnection.canTrickleIceCandidates",
    "RTCPeerConnection.restartIce",
    "RTCPeerConnection.getConfiguration",
    "RTCPeerConnection.setConfiguration",
    "RTCPeerConnection.close",
    "RTCPeerConnection.onnegotiationneeded",
    "RTCPeerConnection.onicecandidate",
    "RTCPeerConnection.onicecandidateerror",
    "RTCPeerConnection.onsignalingstatechange",
    "RTCPeerConnection.oniceconnectionstatechange",
    "RTCPeerConnection.onicegatheringstatechange",
    "RTCPeerConnection.onconnectionstatechange",
    "RTCPeerConnection.generateCertificate",
    "RTCPeerConnection.getSenders",
    "RTCPeerConnection.getReceivers",
    "RTCPeerConnection.getTransceivers",
    "RTCPeerConnection.addTrack",
    "RTCPeerConnection.removeTrack",
    "RTCPeerConnection.addTransceiver",
    "RTCPeerConnection.ontrack",
    "RTCPeerConnection.sctp",
    "RTCPeerConnection.createDataChannel",
    "RTCPeerConnection.ondatachannel",
    "RTCPeerConnection.getStats",
    "RTCRtpTransceiver.direction",
    "RTCRtpTransceiver.stop",
    "RTCRtpTransceiver.setCodecPreferences",
    "RTCRtpSender.setParameters",
    "RTCRtpSender.getParameters",
    "RTCRtpSender.replaceTrack",
    "RTCRtpSender.getCapabilities",
    "RTCRtpReceiver.getCapabilities",
};

static bool names(yaml_node_t *list, const char *name)
{
    for (yaml_node_item_t *item = list ? list->data.sequence.items.start : NULL;
         list && item < list->data.sequence.items.top; item++)
        if (strcmp(scalar(*item), name) == 0)
            return true;
    return false;
}

static bool is_served(const char *name)
{
    for (const struct route *route = routes; route->pattern; route++)
        if (names(member(operation_of(route), "x-webidl"), name))
            return true;
    return false;
}

static void every_method_of_a_connection_has_a_route_or_a_reason(void)
{
    yaml_node_t *reasons = member(yaml_document_get_root_node(&document), "x-not-served");
    for (size_t i = 0; i < sizeof webidl / sizeof *webidl; i++) {
        bool has_reason = member(reasons, webidl[i]);
        if (is_served(webidl[i]) == has_reason)
            printf("%s: a route or a reason, one of them\n", webidl[i]);
        CU_ASSERT_NOT_EQUAL(is_served(webidl[i]), has_reason);
    }
}

static void references_resolve(void)
{
    unsigned references = 0;
    for (yaml_node_t *node = document.nodes.start; node < document.nodes.top; node++) {
        if (node->type != YAML_MAPPING_NODE)
            continue;
        yaml_node_t *reference = member(node, "$ref");
        if (!reference)
            continue;
        CU_ASSERT_PTR_NOT_NULL(resolve((const char *)reference->data.scalar.value));
        references++;
    }
    CU_ASSERT(references > 50);
}

void openapi_suite(void);
void openapi_suite(void)
{
    CU_pSuite suite = CU_add_suite("openapi.yaml", load, unload);
    CU_add_test(suite, "every route is described", every_route_is_described);
    CU_add_test(suite, "every description is served", every_description_is_served);
    CU_add_test(suite, "all reasons to refuse are listed", all_reasons_to_refuse_are_listed);
    CU_add_test(suite, "every method of a connection has a route or a reason",
                every_method_of_a_connection_has_a_route_or_a_reason);
    CU_add_test(suite, "references resolve", references_resolve);
}
