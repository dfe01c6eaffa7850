// What Swift cannot import of libxml2 by itself; each with its reason.
#pragma once
#include <libxml/xmlversion.h>
// Debian builds libxml2 with ICU, whose headers clash with the copy inside Foundation as soon as one file sees both.
// They only lengthen xmlCharEncodingHandler, which nothing here touches.
#undef LIBXML_ICU_ENABLED
#include <libxml/catalog.h>
#include <libxml/HTMLparser.h>
#include <libxml/HTMLtree.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include <libxml/SAX2.h>
#include <libxml/xmlerror.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <iconv.h>

/// xmlFree is a mutable global function pointer, which Swift 6 refuses to read from concurrent code.
static inline void newswire_xml_free(void *memory) { xmlFree(memory); }
