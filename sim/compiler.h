/* The only place that knows about compiler extensions. */
#ifndef HK_SIM_COMPILER_H
#define HK_SIM_COMPILER_H

#if defined(__GNUC__)
#define HK_MUST_USE             __attribute__((warn_unused_result))
#define HK_PRINTF(index, first) __attribute__((format(printf, index, first)))
#define HK_PREFETCH(address)    __builtin_prefetch(address)
#else
#define HK_MUST_USE
#define HK_PRINTF(index, first)
#define HK_PREFETCH(address) ((void)(address))
#endif

#define HK_CACHE_LINE 64

#endif
